// SPDX-License-Identifier: Apache-2.0

/// One alternative as byte ranges.
struct RelationAtom {
    var name: Range<Int>
    var version: Range<Int>
    var relation: VersionRelation
    var architectures: Range<Int>
    /// Whether a bar follows.
    var hasAlternative: Bool
}

/// Reads the alternatives of a relationship field one by one, without copying (Debian Policy 7.1). Blanks are optional;
/// an empty field and an empty last group are allowed, as in dpkg.
struct RelationCursor {
    let bytes: UnsafeBufferPointer<UInt8>
    var position: Int
    let end: Int
    /// Whether the field is invalid at `position`.
    private(set) var failed = false

    init(bytes: UnsafeBufferPointer<UInt8>, position: Int, end: Int) {
        self.bytes = bytes
        self.position = position
        self.end = end
    }

    /// The next alternative; nil at the end, and when the field is invalid (`failed`).
    mutating func next() -> RelationAtom? {
        skipSpace()
        guard position < end else { return nil }
        let name = takeName()
        guard !name.isEmpty else { return fail() }
        var atom = RelationAtom(
            name: name, version: 0..<0, relation: .any, architectures: 0..<0, hasAlternative: false)
        skipSpace()
        if position < end, bytes[position] == UInt8(ascii: "(") {
            guard takeVersion(&atom) else { return fail() }
            skipSpace()
        }
        if position < end, bytes[position] == UInt8(ascii: "[") {
            guard let list = takeBracketed(UInt8(ascii: "]")), isArchitectures(list) else { return fail() }
            atom.architectures = list
            skipSpace()
        }
        guard position < end else { return atom }
        switch bytes[position] {
        case UInt8(ascii: ","): break
        case UInt8(ascii: "|"): atom.hasAlternative = true
        default: return fail()
        }
        position += 1
        return atom
    }

    private mutating func fail() -> RelationAtom? {
        failed = true
        position = end
        return nil
    }

    @inline(__always)
    private mutating func skipSpace() {
        while position < end, isSpace(bytes[position]) { position += 1 }
    }

    @inline(__always)
    private mutating func takeName() -> Range<Int> {
        let start = position
        while position < end, RelationCursor.isNameByte(bytes[position]) { position += 1 }
        return start..<position
    }

    /// Bytes of names, including the colon of a qualifier; upper case is not allowed in names, but accepted here.
    @inline(__always)
    private static func isNameByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "_")
    }

    /// Parses `(>= 1.2)`, `(>=1.2)` and the deprecated `(< 1)` and `(> 1)`, which mean "or equal".
    private mutating func takeVersion(_ atom: inout RelationAtom) -> Bool {
        guard let inside = takeBracketed(UInt8(ascii: ")")) else { return false }
        var start = inside.lowerBound
        var limit = inside.upperBound
        while start < limit, isSpace(bytes[start]) { start += 1 }
        guard start < limit else { return false }
        let second = start + 1 < limit ? bytes[start + 1] : 0
        switch bytes[start] {
        case UInt8(ascii: "="): (atom.relation, start) = (.equal, start + 1)
        case UInt8(ascii: "<"):
            atom.relation = second == UInt8(ascii: "<") ? .earlier : .earlierOrEqual
            start += second == UInt8(ascii: "<") || second == UInt8(ascii: "=") ? 2 : 1
        case UInt8(ascii: ">"):
            atom.relation = second == UInt8(ascii: ">") ? .later : .laterOrEqual
            start += second == UInt8(ascii: ">") || second == UInt8(ascii: "=") ? 2 : 1
        default: atom.relation = .equal
        }
        while start < limit, isSpace(bytes[start]) { start += 1 }
        while limit > start, isSpace(bytes[limit - 1]) { limit -= 1 }
        atom.version = start..<limit
        return start < limit
    }

    /// Whether the list consists of architecture names separated by blanks, each optionally preceded by `!` (Debian
    /// Policy 7.1).
    private func isArchitectures(_ list: Range<Int>) -> Bool {
        list.allSatisfy { isSpace(bytes[$0]) || isAlphanumeric(bytes[$0]) || isOneOf(bytes[$0], "-!") }
    }

    private mutating func takeBracketed(_ closing: UInt8) -> Range<Int>? {
        let start = position + 1
        var index = start
        while index < end, bytes[index] != closing { index += 1 }
        guard index < end else { return nil }
        position = index + 1
        return start..<index
    }
}

extension RelationAtom {
    /// The alternative as a value.
    func value(in bytes: UnsafeBufferPointer<UInt8>) -> Dependency {
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        let parts = text(name).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return Dependency(
            name: String(parts[0]), qualifier: parts.count > 1 ? String(parts[1]) : nil, relation: relation,
            version: text(version),
            architectures: text(architectures).split(whereSeparator: \.isWhitespace).map(String.init))
    }
}

// SPDX-License-Identifier: Apache-2.0

/// One `Packages` file with its name.
package struct PackagesIndex: Sendable {
    /// The archive: "bookworm", "bookworm-updates", "bookworm-security".
    package let archive: String
    /// The name in errors.
    package let file: String
    /// The decompressed bytes.
    package let bytes: [UInt8]
    /// The precedence of its packages.
    package let standing: Standing

    /// Creates an index.
    package init(archive: String, file: String, bytes: [UInt8], standing: Standing = .debian) {
        self.archive = archive
        self.file = file
        self.bytes = bytes
        self.standing = standing
    }

    /// The precedence of an index's packages.
    package enum Standing: Hashable, Sendable {
        /// Debian's packages.
        case debian
        /// Packages of a third-party repository: Debian's packages take precedence, except for the `preferred` names.
        case repository(preferred: Set<PackageName>)
        /// Local packages of the definition: they take precedence over all others.
        case local
    }
}

/// All packages of one architecture in several archives, as dense arrays of numbers.
///
/// 63,000 paragraphs of 50 MB are read in one pass; the other fields of a record are parsed on demand (`record`). The
/// highest version of a name comes first, regardless of its archive.
package struct PackageUniverse: Sendable {
    /// The architecture; packages for `all` belong to every architecture.
    package let architecture: Architecture
    /// The indices in the order in which they were read; apt breaks its last ties between providers by this order.
    package let indices: [PackagesIndex]

    var names: NameTable
    var versions: [Version] = []
    var atoms: [Atom] = []
    var provisions: [Provision] = []
    /// By name: the first (highest) version, or -1.
    var firstVersion: [Int32] = []
    /// By name: the last provision of it, or -1.
    var firstProvision: [Int32] = []
    /// By name: `Essential`, `Important`.
    var flags: [NameFlags] = []
}

extension PackageUniverse {
    /// A byte range of one index.
    struct TextRange: Sendable {
        var start: UInt32 = 0
        var count: UInt16 = 0
        var file: UInt16 = 0
    }

    /// One version of one package.
    struct Version: Sendable {
        var name: Int32
        /// The next lower version of the same name, or -1.
        var next: Int32 = -1
        var text: TextRange
        var paragraph: Int
        var paragraphEnd: Int
        var atoms: Range<Int32> = 0..<0
        var provisions: Range<Int32> = 0..<0
        var priority: Priority = .none
        var isForeign = false
        var isAllowed = false
        var rank = Rank.debian
        var file: UInt16
    }

    /// One alternative of a `Pre-Depends`, `Depends`, `Conflicts` or `Breaks`.
    struct Atom: Sendable {
        var target: Int32
        var version: TextRange
        var kind: Kind
        var relation: VersionRelation
        var hasAlternative: Bool
    }

    /// The meaning of a relationship field (Debian Policy 7.2 to 7.4).
    enum Kind: UInt8, Sendable {
        case preDepends, depends, conflicts, breaks

        var isNegative: Bool { self == .conflicts || self == .breaks }
    }

    /// One name that a version provides (Debian Policy 7.5).
    struct Provision: Sendable {
        var name: Int32
        var owner: Int32
        /// The provided version; empty for an unversioned provision.
        var version: TextRange
        /// The previous provision of the same name, or -1.
        var next: Int32
    }

    /// The precedence between versions of a name, before the version order.
    enum Rank: UInt8, Sendable, Comparable {
        /// A third-party package; used only when Debian has no package of that name.
        case foreign
        case debian
        /// A third-party package that the definition prefers.
        case preferred
        /// A local package of the definition.
        case local

        static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
    }

    /// Priorities (Debian Policy 2.5), highest first.
    enum Priority: UInt8, Sendable {
        case none, required, important, standard, optional, extra
    }

    /// Properties of a name that any of its versions may set.
    struct NameFlags: OptionSet, Sendable {
        let rawValue: UInt8
        static let essential = NameFlags(rawValue: 1)
        /// `Important: yes` or `Protected: yes`.
        static let important = NameFlags(rawValue: 2)
    }
}

extension PackageUniverse {
    /// The bytes of `range` as text.
    func text(_ range: TextRange) -> String {
        let start = Int(range.start)
        return String(decoding: indices[Int(range.file)].bytes[start..<(start + Int(range.count))], as: UTF8.self)
    }

    /// The version order of two ranges.
    func order(_ left: TextRange, _ right: TextRange) -> Int {
        withBytes(left) { left in withBytes(right) { VersionOrder.compare(left, $0) } }
    }

    private func withBytes<Result>(_ range: TextRange, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        indices[Int(range.file)].bytes.withUnsafeBufferPointer { bytes in
            body(UnsafeBufferPointer(rebasing: bytes[Int(range.start)..<(Int(range.start) + Int(range.count))]))
        }
    }

    /// Whether a package or provision in that version satisfies `atom`. An unversioned provision does not satisfy
    /// versioned relations (Debian Policy 7.5).
    func satisfies(_ version: TextRange, _ atom: Atom) -> Bool {
        if atom.relation == .any { return true }
        return version.count > 0 && atom.relation.accepts(order: order(version, atom.version))
    }

    /// The versions of a name, highest first.
    func versions(ofName name: Int32) -> some Sequence<Int32> {
        sequence(first: firstVersion[Int(name)]) { versions[Int($0)].next }.lazy.prefix { $0 >= 0 }
    }

    /// The provisions of a name, last one first.
    func provisions(ofName name: Int32) -> some Sequence<Int32> {
        sequence(first: firstProvision[Int(name)]) { provisions[Int($0)].next }.lazy.prefix { $0 >= 0 }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// One `Packages` file, named.
package struct PackagesIndex: Sendable {
    /// The archive it is of: "bookworm", "bookworm-updates", "bookworm-security".
    package let archive: String
    /// What it is called in errors.
    package let file: String
    /// Its bytes, decompressed.
    package let bytes: [UInt8]
    /// What its packages may stand for.
    package let standing: Standing

    /// Names the bytes of an index.
    package init(archive: String, file: String, bytes: [UInt8], standing: Standing = .debian) {
        self.archive = archive
        self.file = file
        self.bytes = bytes
        self.standing = standing
    }

    /// What the packages of an index may stand for.
    package enum Standing: Hashable, Sendable {
        /// They are Debian's.
        case debian
        /// They are another publisher's: Debian's come first, but for those that are named.
        case repository(preferred: Set<PackageName>)
        /// They are files of the definition's: each comes first.
        case local
    }
}

/// All packages of one architecture in several archives, as dense arrays of numbers.
///
/// 63,000 paragraphs of 50 MB are read in one pass; a record's other fields are read when asked for (`record`). The
/// highest version of a name comes first, whichever archive it is in.
package struct PackageUniverse: Sendable {
    /// The architecture; packages for `all` are of every architecture.
    package let architecture: Architecture
    /// The indices, in the order they were read; that order is apt's last word between providers.
    package let indices: [PackagesIndex]

    var names: NameTable
    var versions: [Version] = []
    var atoms: [Atom] = []
    var provisions: [Provision] = []
    /// By name: the first (highest) version, or -1.
    var firstVersion: [Int32] = []
    /// By name: the latest met provision of it, or -1.
    var firstProvision: [Int32] = []
    /// By name: `Essential`, `Important`.
    var flags: [NameFlags] = []
}

extension PackageUniverse {
    /// Bytes of one index.
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

    /// What a relationship field says (Debian Policy 7.2 to 7.4).
    enum Kind: UInt8, Sendable {
        case preDepends, depends, conflicts, breaks

        var isNegative: Bool { self == .conflicts || self == .breaks }
    }

    /// One name that a version provides (Debian Policy 7.5).
    struct Provision: Sendable {
        var name: Int32
        var owner: Int32
        /// The version it is provided in; of no length when there is none.
        var version: TextRange
        /// The provision of the same name that was met before, or -1.
        var next: Int32
    }

    /// Which of two versions of a name comes first, before what they are called.
    enum Rank: UInt8, Sendable, Comparable {
        /// Another publisher's; there only where Debian has no package of that name.
        case foreign
        case debian
        /// Another publisher's, named to be taken.
        case preferred
        /// A file of the definition's.
        case local

        static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
    }

    /// Debian Policy 2.5, in order of weight.
    enum Priority: UInt8, Sendable {
        case none, required, important, standard, optional, extra
    }

    /// What counts for a name, whichever version says it.
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

    /// How the bytes of two ranges stand to each other as versions.
    func order(_ left: TextRange, _ right: TextRange) -> Int {
        withBytes(left) { left in withBytes(right) { VersionOrder.compare(left, $0) } }
    }

    private func withBytes<Result>(_ range: TextRange, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        indices[Int(range.file)].bytes.withUnsafeBufferPointer { bytes in
            body(UnsafeBufferPointer(rebasing: bytes[Int(range.start)..<(Int(range.start) + Int(range.count))]))
        }
    }

    /// Whether a package or provision in that version satisfies `atom`, whose name it has. An unversioned provision
    /// satisfies no versioned relation (Debian Policy 7.5).
    func satisfies(_ version: TextRange, _ atom: Atom) -> Bool {
        if atom.relation == .any { return true }
        return version.count > 0 && atom.relation.accepts(order: order(version, atom.version))
    }

    /// The versions of a name, highest first.
    func versions(ofName name: Int32) -> some Sequence<Int32> {
        sequence(first: firstVersion[Int(name)]) { versions[Int($0)].next }.lazy.prefix { $0 >= 0 }
    }

    /// The provisions of a name, latest met first.
    func provisions(ofName name: Int32) -> some Sequence<Int32> {
        sequence(first: firstProvision[Int(name)]) { provisions[Int($0)].next }.lazy.prefix { $0 >= 0 }
    }
}

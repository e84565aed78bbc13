// SPDX-License-Identifier: Apache-2.0

/// A commit, as far as it is needed: its tree, its parents and the time of its committer.
struct GitCommit {
    private static let mostParents = 1000

    let tree: [UInt8]
    let parents: [[UInt8]]
    /// In seconds; 0 for a malformed one.
    let time: Int64

    /// Reads the content of a commit; `nil` for a malformed one.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        guard let tree = Self.name("tree ", &rest) else { return nil }
        var parents: [[UInt8]] = []
        while rest.starts(with: "parent ".utf8) {
            guard parents.count < Self.mostParents, let parent = Self.name("parent ", &rest) else { return nil }
            parents.append(parent)
        }
        (self.tree, self.parents) = (tree, parents)
        // The author has a line of its own before.
        let lines = rest.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        let committer = lines.dropFirst().first ?? []
        let end = committer.lastIndex(of: UInt8(ascii: ">")).map { committer[($0 + 1)...] } ?? []
        let digits = end.drop { $0 == UInt8(ascii: " ") }.prefix { (48...57).contains($0) }
        time = Int64(String(decoding: digits.prefix(18), as: UTF8.self)) ?? 0
    }

    /// The object that a tag names; `nil` for a malformed one.
    static func target(ofTag bytes: [UInt8]) -> [UInt8]? {
        var rest = bytes[...]
        return name("object ", &rest)
    }

    /// The name after a key, removed with its line.
    private static func name(_ key: String, _ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.starts(with: key.utf8), let end = rest.firstIndex(of: UInt8(ascii: "\n")),
            let name = Hex.name(rest[(rest.startIndex + key.utf8.count)..<end])
        else { return nil }
        rest = rest[(end + 1)...]
        return name
    }
}

extension GitObjects {
    /// What a reference leads to.
    enum Peeled {
        case commit([UInt8], GitCommit)
        case tree([UInt8])
        /// A file, which cannot be checked out.
        case file
    }

    private static let mostTags = 8

    /// What an object leads to, through tags; `nil` when it cannot be read.
    func peeled(_ name: [UInt8]) -> Peeled? {
        var name = name
        for _ in 0..<Self.mostTags {
            guard let object = object(name) else { return nil }
            switch object.kind {
            case .tree: return .tree(name)
            case .blob: return .file
            case .commit: return GitCommit(object.bytes).map { .commit(name, $0) }
            case .tag:
                guard let next = GitCommit.target(ofTag: object.bytes) else { return nil }
                name = next
            }
        }
        return nil
    }
}

// SPDX-License-Identifier: Apache-2.0

extension GitIndex {
    /// A tree that the index keeps for a directory, so that the next commit needs not make it (gitformat-index(5), "Cache
    /// tree"): the commit has what is in the tree, whatever the entries of the index are.
    package struct KeptTree: Hashable, Sendable {
        /// The directory; empty for the work tree.
        package let path: [UInt8]
        /// The name of the tree.
        package let object: [UInt8]
    }

    /// Parses the extension `TREE`, in pre-order: a path component that ends with NUL, the number of entries or -1 for a
    /// tree that is to be made, a space, the number of subtrees, a newline, and the tree's name unless it is to be made.
    ///
    /// - Throws: A failure for what is not of this form, and for too long paths.
    static func keptTrees(
        _ content: ArraySlice<UInt8>, hashSize: Int
    ) throws(GitIndexReader.Failure) -> [KeptTree] {
        var (rest, found): (ArraySlice<UInt8>, [KeptTree]) = (content, [])
        var above: [(path: [UInt8], left: Int)] = []
        var isFirst = true
        while !rest.isEmpty {
            guard let name = take(upTo: 0, &rest), let entries = number(upTo: UInt8(ascii: " "), &rest),
                let subtrees = number(upTo: UInt8(ascii: "\n"), &rest), subtrees >= 0
            else { throw GitIndexReader.Failure() }
            while let last = above.last, last.left == 0 { above.removeLast() }
            // The first is the work tree; nothing follows its last subtree.
            guard above.isEmpty ? isFirst && name.isEmpty : !name.isEmpty else { throw GitIndexReader.Failure() }
            isFirst = false
            let parent = above.last?.path ?? []
            let path = parent + (parent.isEmpty ? [] : [UInt8(ascii: "/")]) + name
            guard path.count <= GitIndexReader.longest else { throw GitIndexReader.Failure() }
            if !above.isEmpty { above[above.count - 1].left -= 1 }
            above.append((path, subtrees))
            guard entries >= 0 else { continue }
            guard rest.count >= hashSize else { throw GitIndexReader.Failure() }
            found.append(KeptTree(path: path, object: Array(rest.prefix(hashSize))))
            rest = rest.dropFirst(hashSize)
        }
        return found
    }

    /// Whether the extension `IEOT`, by which git reads the entries in several threads, tells of the same entries: their
    /// offsets and numbers, in blocks.
    ///
    /// - Parameter starts: The offset of each entry, and of the end.
    static func isConsistent(blocks content: ArraySlice<UInt8>, starts: [Int]) -> Bool {
        let numbers = words(content)
        guard content.count % 8 == 4, numbers.first == 1 else { return false }
        var entry = 0
        for block in stride(from: 1, to: numbers.count, by: 2) {
            guard entry < starts.count - 1, numbers[block] == starts[entry] else { return false }
            entry += numbers[block + 1]
            guard entry < starts.count else { return false }
        }
        return entry == starts.count - 1
    }

    /// Whether the extension `EOIE` tells of the same end of the entries.
    static func isConsistent(end content: ArraySlice<UInt8>, starts: [Int]) -> Bool {
        words(content.prefix(4)).first == starts.last
    }

    private static func words(_ bytes: ArraySlice<UInt8>) -> [Int] {
        stride(from: bytes.startIndex, to: bytes.endIndex - 3, by: 4).map { start in
            bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        }
    }

    private static func take(upTo end: UInt8, _ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let stop = rest.firstIndex(of: end) else { return nil }
        defer { rest = rest[(stop + 1)...] }
        return Array(rest[..<stop])
    }

    private static func number(upTo end: UInt8, _ rest: inout ArraySlice<UInt8>) -> Int? {
        take(upTo: end, &rest).flatMap { $0.count < 12 ? Int(String(decoding: $0, as: UTF8.self)) : nil }
    }
}

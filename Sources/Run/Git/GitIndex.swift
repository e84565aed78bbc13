// SPDX-License-Identifier: Apache-2.0

/// What is read of a repository's index (gitformat-index(5)): the gitlinks, which are directories that git takes for
/// repositories of their own, and goes into, and the files whose changes it does not show.
package struct GitIndex: Hashable, Sendable {
    /// The most bytes of a file that is read.
    package static let limit = 64 << 20

    /// The paths of entries with mode 160000, as bytes.
    package private(set) var gitlinks: [[UInt8]] = []
    /// The name of the file with the rest of a split index: `sharedindex.` and 40 or 64 digits.
    package private(set) var shared: String?
    /// The paths that `git status` does not compare (git-update-index(1), `--assume-unchanged` and `--skip-worktree`).
    package private(set) var hidden: [[UInt8]] = []
    private var size = 0
    /// Whether the file was not understood to its end.
    package private(set) var isMalformed = false

    /// Reads an index, with SHA-1 names of objects or, where that leads nowhere, with SHA-256 names.
    package init(_ bytes: [UInt8]) {
        self.init(bytes, hashSize: 20)
        guard isMalformed else { return }
        let other = GitIndex(bytes, hashSize: 32)
        if !other.isMalformed { self = other }
    }

    private init(_ bytes: [UInt8], hashSize: Int) {
        var reader = GitIndexReader(bytes: bytes, hashSize: hashSize)
        do throws(GitIndexReader.Failure) {
            let (version, count) = try reader.header()
            for _ in 0..<count {
                let (mode, isHidden, path) = try reader.entry(version: version)
                // 160000 in octal.
                if mode == 0xe000 {
                    gitlinks.append(try counted(path))
                } else if isHidden {
                    hidden.append(try counted(path))
                }
            }
            while let (name, content) = try reader.extension() {
                guard name == "link" else { continue }
                let digits = content.prefix(hashSize).map { byte in
                    [byte >> 4, byte & 15].map { String($0, radix: 16) }.joined()
                }
                shared = content.count < hashSize ? nil : "sharedindex.\(digits.joined())"
            }
        } catch { isMalformed = true }
    }

    /// Version 4 writes a long path in a few bytes: all together have a bound.
    private mutating func counted(_ path: [UInt8]) throws(GitIndexReader.Failure) -> [UInt8] {
        size += path.count
        guard size <= Self.limit else { throw GitIndexReader.Failure() }
        return path
    }
}

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
    /// What the entries of a split index say that stand for entries of the other file, by their position there.
    private var replaced: [Int: Role] = [:]
    private var size = 0
    /// Whether the file was not understood to its end.
    package private(set) var isMalformed = false

    /// What an entry is beside a path.
    private struct Role: Hashable, Sendable {
        let isLink: Bool
        let isHidden: Bool
    }

    /// Reads an index, with SHA-1 names of objects or, where that leads nowhere, with SHA-256 names.
    ///
    /// - Parameter split: The split index whose other file this is.
    package init(_ bytes: [UInt8], sharedBy split: GitIndex? = nil) {
        self.init(bytes, hashSize: 20, split?.replaced ?? [:])
        guard isMalformed else { return }
        let other = GitIndex(bytes, hashSize: 32, split?.replaced ?? [:])
        if !other.isMalformed { self = other }
    }

    private init(_ bytes: [UInt8], hashSize: Int, _ replacements: [Int: Role]) {
        var reader = GitIndexReader(bytes: bytes, hashSize: hashSize)
        do throws(GitIndexReader.Failure) {
            let (version, count) = try reader.header()
            guard replacements.keys.allSatisfy({ $0 < count }) else { throw GitIndexReader.Failure() }
            var unnamed: [Role] = []
            for number in 0..<count {
                let (mode, isHidden, path) = try reader.entry(version: version)
                // 160000 in octal.
                let role = Role(isLink: mode == 0xe000, isHidden: isHidden)
                if path.isEmpty { unnamed.append(role) } else { try add(path, role) }
                if let replacement = replacements[number] { try add(path, replacement) }
            }
            while let (name, content) = try reader.extension() {
                if name == "link" { try link(content, hashSize, unnamed) }
            }
            // Only a split index has entries without a path.
            guard unnamed.count == replaced.count else { throw GitIndexReader.Failure() }
        } catch { isMalformed = true }
    }

    private mutating func add(_ path: [UInt8], _ role: Role) throws(GitIndexReader.Failure) {
        if role.isLink {
            gitlinks.append(try counted(path))
        } else if role.isHidden {
            hidden.append(try counted(path))
        }
    }

    /// The extension of a split index: the other file's name, the positions of its entries that are gone, and of those that an
    /// entry without a path replaces, one after the other.
    private mutating func link(
        _ content: ArraySlice<UInt8>, _ hashSize: Int, _ unnamed: [Role]
    ) throws(GitIndexReader.Failure) {
        guard content.count >= hashSize else { throw GitIndexReader.Failure() }
        let digits = content.prefix(hashSize).map { byte in
            [byte >> 4, byte & 15].map { String($0, radix: 16) }.joined()
        }
        shared = "sharedindex.\(digits.joined())"
        let maps = content.dropFirst(hashSize)
        guard !maps.isEmpty else { return }
        let most = Self.limit / 32
        let positions: Result<[Int], CompressedBitmap.Failure> = Result { () throws(CompressedBitmap.Failure) in
            let gone = try CompressedBitmap(maps, most: most)
            return try CompressedBitmap(maps.dropFirst(gone.length), most: most).positions
        }
        guard case .success(let positions) = positions, positions.count == unnamed.count else {
            throw GitIndexReader.Failure()
        }
        replaced = Dictionary(zip(positions, unnamed)) { $1 }
    }

    /// Version 4 writes a long path in a few bytes: all together have a bound.
    private mutating func counted(_ path: [UInt8]) throws(GitIndexReader.Failure) -> [UInt8] {
        size += path.count
        guard size <= Self.limit else { throw GitIndexReader.Failure() }
        return path
    }
}

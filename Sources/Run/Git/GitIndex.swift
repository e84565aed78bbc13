// SPDX-License-Identifier: Apache-2.0

/// The parts of a repository's index (gitformat-index(5)) that matter here: gitlinks, which are directories that git
/// treats as repositories and enters; files whose changes git does not show; and the entries at given paths.
package struct GitIndex: Hashable, Sendable {
    /// The maximum size of a file in bytes.
    package static let limit = 64 << 20

    /// The paths of entries with mode 160000, as bytes.
    package private(set) var gitlinks: [[UInt8]] = []
    /// The name of the file with the rest of a split index: `sharedindex.` and 40 or 64 digits.
    package private(set) var shared: String?
    /// The paths that `git status` does not compare (git-update-index(1), `--assume-unchanged` and `--skip-worktree`).
    package private(set) var hidden: [[UInt8]] = []
    /// For each requested path with an entry at, below or above it: a hash that changes with the entry or its content.
    /// It is stable only within one process.
    package private(set) var versions: [[UInt8]: Int] = [:]
    /// The trees that the next commit takes as they are.
    package private(set) var keptTrees: [KeptTree] = []
    private let places: [[UInt8]]
    /// The entries of a split index that replace entries of the shared file, by their position there.
    private var replaced: [Int: Role] = [:]
    private var size = 0
    /// Whether the file could not be parsed completely.
    package private(set) var isMalformed = false

    /// The properties of an entry besides its path.
    private struct Role: Hashable, Sendable {
        let isLink: Bool
        let isHidden: Bool
        /// A hash of the content and the mode.
        let version: Int
    }

    /// Parses an index, with SHA-1 object names or, if that fails, with SHA-256 names.
    ///
    /// - Parameters:
    ///   - split: The split index whose shared file this is.
    ///   - places: The requested paths.
    package init(_ bytes: [UInt8], sharedBy split: GitIndex? = nil, at places: [[UInt8]] = []) {
        self.init(bytes, hashSize: 20, split?.replaced ?? [:], places)
        guard isMalformed else { return }
        let other = GitIndex(bytes, hashSize: 32, split?.replaced ?? [:], places)
        if !other.isMalformed { self = other }
    }

    private init(_ bytes: [UInt8], hashSize: Int, _ replacements: [Int: Role], _ places: [[UInt8]]) {
        self.places = places
        var reader = GitIndexReader(bytes: bytes, hashSize: hashSize)
        do throws(GitIndexReader.Failure) {
            let (version, count) = try reader.header()
            guard replacements.keys.allSatisfy({ $0 < count }) else { throw GitIndexReader.Failure() }
            var (unnamed, starts): ([Role], [Int]) = ([], [reader.position])
            for number in 0..<count {
                let (mode, isHidden, object, path) = try reader.entry(version: version)
                let version = places.isEmpty ? 0 : Self.number(mode, Array(object))
                // 160000 in octal.
                let role = Role(isLink: mode == 0xe000, isHidden: isHidden, version: version)
                if path.isEmpty { unnamed.append(role) } else { try add(path, role) }
                if let replacement = replacements[number] { try add(path, replacement) }
                starts.append(reader.position)
            }
            while let (name, content) = try reader.extension() {
                try add(name, content, hashSize, unnamed, starts)
            }
            // Only a split index has entries without a path.
            guard unnamed.count == replaced.count else { throw GitIndexReader.Failure() }
        } catch { isMalformed = true }
    }

    private mutating func add(
        _ name: String, _ content: ArraySlice<UInt8>, _ hashSize: Int, _ unnamed: [Role], _ starts: [Int]
    ) throws(GitIndexReader.Failure) {
        switch name {
        case "link": try link(content, hashSize, unnamed)
        case "TREE" where !places.isEmpty: keptTrees += try Self.keptTrees(content, hashSize: hashSize)
        case "IEOT" where !Self.isConsistent(blocks: content, starts: starts): throw GitIndexReader.Failure()
        case "EOIE" where !Self.isConsistent(end: content, starts: starts): throw GitIndexReader.Failure()
        default: break
        }
    }

    private mutating func add(_ path: [UInt8], _ role: Role) throws(GitIndexReader.Failure) {
        for place in places where Self.concerns(path, place) {
            versions[place, default: 0] &+= Self.number(role.version, path)
        }
        if role.isLink {
            gitlinks.append(try counted(path))
        } else if role.isHidden {
            hidden.append(try counted(path))
        }
    }

    private static func number(_ number: Int, _ bytes: [UInt8]) -> Int {
        var hasher = Hasher()
        hasher.combine(number)
        hasher.combine(bytes)
        return hasher.finalize()
    }

    /// Whether one of two paths is the other, or below it.
    private static func concerns(_ path: [UInt8], _ place: [UInt8]) -> Bool {
        // A directory of a sparse index ends with a slash.
        let path = path.last == UInt8(ascii: "/") ? Array(path.dropLast()) : path
        let (short, long) = path.count < place.count ? (path, place) : (place, path)
        guard long.starts(with: short) else { return false }
        return long.count == short.count || long[short.count] == UInt8(ascii: "/")
    }

    /// The extension of a split index: the shared file's name, the positions of its deleted entries, and of those that
    /// entries without a path replace.
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

    /// Limits the total size of paths, because version 4 encodes long paths in a few bytes.
    private mutating func counted(_ path: [UInt8]) throws(GitIndexReader.Failure) -> [UInt8] {
        size += path.count
        guard size <= Self.limit else { throw GitIndexReader.Failure() }
        return path
    }
}

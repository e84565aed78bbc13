// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension ReportVisitor {
    /// A waiting directory.
    struct Place {
        let path: [UInt8]
        var mark: ReportMark
        /// The size of the directory itself; small ones are searched first.
        var size: Int64 = 0
    }

    /// The directories that are searched last: git's own, then large ones and those with third-party packages.
    struct Order {
        /// The maximum size of all paths in bytes.
        private static let most = 32 << 20

        /// The guarded repositories at their known paths.
        var expected: [FileIdentity: Place] = [:]
        private(set) var repositories: [Place] = []
        private(set) var large: [Place] = []
        /// The number of entries below each top-level directory of a walk.
        var met: [Int] = [0]
        private var bytes = 0

        /// - Returns: Whether it was added within the limit.
        mutating func add(_ place: Place, isRepository: Bool) -> Bool {
            bytes += place.path.count + MemoryLayout<Place>.size
            // A longer path cannot be opened again.
            guard bytes < Self.most, place.path.count < Int(PATH_MAX) else { return false }
            if isRepository { repositories.append(place) } else { large.append(place) }
            return true
        }
    }

    /// A larger directory, of some thousand names, waits.
    private static let largeSize: Int64 = 256 << 10

    /// Searches the repository at `place` together with git's own directories, wherever the walk meets it.
    mutating func expect(_ place: FilePath, in tree: ContainerTree) {
        var path = place
        let isInside = path.removePrefix(tree.path)
        if isInside && path.isEmpty { return }
        let found =
            isInside ? (try? tree.status(path)).flatMap(\.self) : (try? ContainerTree(place).status("")).flatMap(\.self)
        guard let status = found, FileKind(mode: status.st_mode) == .directory else {
            if !isInside { missed(place.bytes, .moved) }
            return
        }
        let identity = FileIdentity(status)
        guard guarded.contains(identity) else { return }
        var mark = ReportMark()
        (mark.place, mark.isNew) = (.guarded, Moment(status) >= start)
        mark.isDotGit = !isInside || path.lastComponent == ".git"
        if mark.isNew && !mark.isDotGit && directories[identity] == nil { mark.inner = .unclear }
        order.expected[identity] = Place(path: isInside ? path.bytes : place.bytes, mark: mark)
    }

    /// Whether a directory is searched later.
    mutating func putOff(_ entry: TreeEntry, _ mark: ReportMark, _ above: ReportMark) -> Bool {
        guard !mark.isAlias else { return false }
        if mark.place == .guarded, order.expected[FileIdentity(entry.status)] != nil { return true }
        guard isOrdering else { return false }
        let isRepository = mark.place != .worktree && above.place == .worktree
        let isOthers = mark.dependency != nil && above.dependency == nil
        let isObjects = mark.place != .worktree && entry.bytes.elementsEqual("objects".utf8)
        let isLarge = Int64(entry.status.st_size) > Self.largeSize
        guard isRepository || isOthers || isObjects || isLarge else { return false }
        let place = Place(path: entry.path, mark: mark, size: Int64(entry.status.st_size))
        return order.add(place, isRepository: isRepository)
    }

    /// After that many entries below one top-level directory, the rest of it waits.
    mutating func putsOff(_ path: [UInt8], _ mark: ReportMark) -> Bool {
        guard isOrdering, !mark.isAlias, order.met[mark.top] > limits.share else { return false }
        return order.add(Place(path: path, mark: mark, size: .max), isRepository: false)
    }

    /// The mark of a directory at the beginning of a walk.
    mutating func begin(_ mark: ReportMark) -> ReportMark {
        var mark = mark
        mark.top = order.met.count
        order.met.append(0)
        return mark
    }

    /// git's own directories, the guarded ones first.
    func takeRepositories() -> [Place] {
        let guarded = order.expected.values.sorted { $0.path.lexicographicallyPrecedes($1.path) }
        return guarded + order.repositories
    }

    /// The large directories, the smallest first.
    func takeLarge() -> [Place] { order.large.sorted { $0.size < $1.size } }

    /// Opens the directory at a path of the walk.
    ///
    /// - Throws: `Errno`, `FileError`.
    func open(_ path: [UInt8]) throws -> FileDescriptor {
        let place = FilePath(bytes: path)
        guard !place.isAbsolute else { return try ContainerTree(place).open("", O_RDONLY | O_DIRECTORY) }
        guard let tree else { throw Errno.noSuchFileOrDirectory }
        return try tree.open(place, O_RDONLY | O_DIRECTORY)
    }
}

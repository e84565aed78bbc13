// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

/// The mounts that prevent the container from changing files that git on the host executes: hooks and configuration.
///
/// A read-only mount on `.git/hooks` alone could be bypassed by renaming `.git`, so every directory on the way to a
/// guarded file is mounted onto itself, and the kernel refuses to rename a mount point (EBUSY, rename(2)). A file
/// `commondir` in `.git` could redirect git to another directory's configuration, so it exists with the content `.` and
/// is read-only. A rename on the host over a mounted file would remove the mount, so `config.lock`, with which git
/// locks `config`, is held during the run.
///
/// Containers may have written these trees before, and may write to them now, so every access is by handle. A link, a
/// FIFO or a device at a guarded path is never mounted; the start is refused.
package struct GitGuard: Sendable {
    /// The mounted trees: the workspace first, then the added directories, then repositories outside of both.
    package internal(set) var trees: [GuardedTree]
    /// The guarded repositories, as paths on the host.
    package internal(set) var repositories: [FilePath] = []
    /// The work trees of guarded repositories.
    package internal(set) var workTrees: [GuardedWorkTree] = []
    /// The repository outside of the mounted trees that the workspace belongs to.
    package internal(set) var outside: OutsideRepository?
    /// The repositories in the trees that are not guarded, each with the reason as a sentence.
    package internal(set) var unguarded: [String] = []
    /// The unguarded repositories and other remarks.
    package var remarks: [String] { unguarded + oddities }
    var oddities: [String] = []
    /// The paths that are read-only because a configuration names them, on the host, each with the variable.
    package internal(set) var named: [(place: FilePath, key: String)] = []
    /// The inspected directories at the start: their paths by tree and identity.
    package internal(set) var directories: [Int: [FileIdentity: FilePath]] = [:]
    /// The default access control lists (acl(5)) of the inspected directories, by tree and identity.
    package internal(set) var defaultLists: [Int: [FileIdentity: [UInt8]]] = [:]
    /// The guarded directories that were repositories at the start.
    package internal(set) var complete: Set<FileIdentity> = []
    /// The obstacles to a start, if they are collected for a repair; `nil` if the first one is thrown.
    var obstacles: [GuardObstacle]?
    /// The repositories by tree and path: each has its own lock, because several projects can share a repository.
    var held: [(number: Int, path: FilePath)] = []
    /// The trees under all of their paths.
    var mounted: MountedTrees
    /// The inspected repositories.
    var entered: Set<FilePath> = []
    /// The inspected work trees, by tree and path.
    var seen: Set<[String]> = []
    /// The guarded paths of each tree.
    var known: [Int: [FilePath: GuardedPath]] = [:]
    /// The number of mounts and the size of the engine's command line.
    var load = MountLoad()

    /// Submodules, by tree and path.
    var submodules: Set<[String]> = []

    /// The rules for mounting repositories, and the caller's configuration.
    package let rules: RepositoryRules
    static let depth = 16

    /// The text of `config.lock`, by which a later launcher recognizes it.
    package static let lockText = """
        opencode-docker: a container works on this repository, and its configuration is guarded. A program that puts \
        another file in the place of 'config' would end that, so it is locked for as long. To change it: \
        `opencode-docker git-config`. The last container takes this file away; after a crash, the next `opencode-docker \
        run` or `opencode-docker projects repair` does.

        """

    /// Guards the repositories of `trees`; the first tree is the workspace.
    ///
    /// - Throws: `RunError.unguardable`, `.outsideRepository`, and errors of `MountableDirectory` for a repository
    ///   outside.
    package init(_ trees: [GuardedTree], rules: RepositoryRules) throws(RunError) {
        try self.init(trees, rules: rules, collecting: false)
    }

    init(_ trees: [GuardedTree], rules: RepositoryRules, collecting: Bool) throws(RunError) {
        self.trees = trees
        self.rules = rules
        mounted = MountedTrees(trees, mounts: rules.mounts)
        if collecting { obstacles = [] }
        for number in trees.indices where !trees[number].isReadOnly {
            try attempt { guarding throws(RunError) in try guarding.guardWorkTree(number, "", depth: 0) }
            try attempt { guarding throws(RunError) in try guarding.nest(number) }
            remember(number)
        }
        noteOwner()
        warnOfAliases()
        try attempt { guarding throws(RunError) in try guarding.guardNamedAbove() }
        for number in self.trees.indices {
            self.trees[number].paths = Self.ordered(known[number] ?? [:])
        }
        // Problems of single modules are resolved first.
        if load.isTooMuch, obstacles?.isEmpty ?? true { try refuseModules() }
    }

    /// The trees without a guard.
    package init(unguarded trees: [GuardedTree]) {
        self.trees = trees
        rules = RepositoryRules(protected: ProtectedPaths(home: "/"))
        mounted = MountedTrees(trees, mounts: rules.mounts)
    }

    /// All mounts by path, in mount order.
    package var mounts: [BindMount] { trees.flatMap(\.mounts) }

    private static func ordered(_ paths: [FilePath: GuardedPath]) -> [GuardedPath] {
        paths.values.sorted { left, right in
            let depths = (left.path.components.count, right.path.components.count)
            return depths.0 != depths.1
                ? depths.0 < depths.1 : left.path.bytes.lexicographicallyPrecedes(right.path.bytes)
        }
    }

    /// Guards a work tree at `path` of the tree `number`: its repository and those of its submodules.
    mutating func guardWorkTree(_ number: Int, _ path: FilePath, depth: Int) throws(RunError) {
        let tree = trees[number].tree
        guard depth < Self.depth else {
            throw .unguardable(tree.place(path), "its submodules are nested too deeply")
        }
        guard seen.insert(["\(number)", path.string]).inserted else { return }
        let place = path.appending(".git")
        switch try look({ try tree.kind(place) }) {
        case .nothing:
            let directory = GitDirectory(tree: tree, path: path)
            guard depth == 0, try look({ try directory.isRepository() }) else { return }
            try guardRepository(number, path, depth: 0)
            return try guardNamed(by: (number, path), seenFrom: (number, path))
        case .directory:
            try guardRepository(number, place, depth: 0)
            let directory = GitDirectory(tree: tree, path: place)
            if try !look({ try directory.isRepository() }) {
                oddities.append("'\(tree.place(place))' is no repository for git, which goes on looking above it")
            }
            try guardNamed(by: (number, place), seenFrom: (number, path))
        case .file: try follow(number, path, isTop: depth == 0)
        case .link: throw .unguardable(tree.place(place), "it is a symbolic link, which could be replaced")
        case .special: throw .unguardable(tree.place(place), "it is neither a directory nor a file")
        }
        for submodule in GitDirectory.submodules(of: path, in: tree) {
            try attempt { guarding throws(RunError) in
                try guarding.guardSubmodule(number, submodule, of: path, depth: depth)
            }
        }
    }

    private mutating func guardSubmodule(
        _ number: Int, _ submodule: FilePath, of path: FilePath, depth: Int
    ) throws(RunError) {
        let (tree, inner) = (trees[number].tree, path.pushing(submodule))
        let place = inner.appending(".git")
        guard fits(number, inner) else { return leave(number, inner, Self.tooLong) }
        let kind: FileKind
        do { kind = try tree.kind(place) } catch {
            return leave(number, inner, (error as? FileError)?.reason ?? "\(error)")
        }
        guard kind != .nothing else { return }
        // git cannot use a pointer to nothing, and its target is not an obstacle.
        try guardInner(number, inner, unless: kind == .file ? place : nil) { guarding throws(RunError) in
            try guarding.pin(number, submodule, below: path)
            guarding.submodules.insert(["\(number)", inner.string])
            try guarding.guardWorkTree(number, inner, depth: depth + 1)
        }
    }

    /// Mounts every directory of the relative `path` onto itself, so that it cannot be renamed; nothing below a read-only
    /// one, which nobody can rename, and where the mount would be writable.
    mutating func pin(_ number: Int, _ path: FilePath, below directory: FilePath) throws(RunError) {
        var place = directory
        for component in path.components {
            place.append(component)
            guard known[number]?[place] != nil || !isReadOnly((number, place)) else { return }
            try add(number, place, .directory, readOnly: false)
        }
    }

    /// Mounts `path` onto itself. The first setting of a path is kept, unless it becomes read-only.
    mutating func add(
        _ number: Int, _ path: FilePath, _ kind: FileKind, readOnly: Bool,
        placeholder: GuardedPath.Placeholder? = nil, repository: FilePath? = nil
    ) throws(RunError) {
        let tree = trees[number].tree
        let found = try look { try tree.kind(path) }
        guard found == kind || (found == .nothing && placeholder != nil) else {
            return try refuse(tree.place(path), "it is \(found.words) and not \(kind.words)")
        }
        let present = known[number]?[path]
        if let present, present.isReadOnly || !readOnly { return }
        if present == nil { load.add(path, of: trees[number]) }
        // What was only pinned below a directory that becomes read-only would stay writable.
        if readOnly, kind == .directory, let paths = known[number] {
            known[number] = paths.filter { $0.value.isReadOnly || $0.key == path || !$0.key.starts(with: path) }
        }
        known[number, default: [:]][path] = GuardedPath(
            path: path, kind: kind, isReadOnly: readOnly, placeholder: placeholder, repository: repository)
    }

    /// Converts errors of file access into the guard's refusals.
    func look<Result>(_ body: () throws -> Result) throws(RunError) -> Result {
        do { return try body() } catch let error as FileError {
            if error.errno == .permissionDenied, let owner = owner(of: error.path), owner != geteuid() {
                throw .closedRepository(error.path, owner: owner, user: geteuid())
            }
            throw .unguardable(error.path, error.reason)
        } catch { throw .unguardable(trees[0].tree.path, "\(error)") }
    }

    /// The owner of a file in one of the trees.
    private func owner(of place: FilePath) -> UInt32? {
        trees.lazy.compactMap { guarded in
            Self.relative(place, to: guarded.tree.path).flatMap { try? guarded.tree.status($0) }.flatMap(\.self)?.st_uid
        }.first
    }
}

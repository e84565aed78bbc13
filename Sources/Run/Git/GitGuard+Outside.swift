// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// A repository outside of the mounted directories, to which a worktree belongs.
package struct OutsideRepository: Hashable, Sendable {
    /// The real path of its directory.
    package let path: FilePath
    /// The identity of its directory.
    package let identity: FileIdentity
    /// Whether the caller must confirm it first.
    package let isNew: Bool
}

extension GitGuard {
    /// Follows a worktree or a submodule, whose `.git` is a file that names the repository.
    ///
    /// A repository within the tree is guarded in place. One outside is mounted only for the workspace, and only when
    /// it is a repository that refers back to this work tree: the container may have written the file.
    mutating func follow(_ number: Int, _ path: FilePath, isTop: Bool) throws(RunError) {
        let guarded = trees[number]
        let file = path.appending(".git")
        try add(number, file, .file, readOnly: true)
        guard let pointer = GitDirectory.pointer(file, in: guarded.tree) else {
            throw .unguardable(guarded.tree.place(file), "it does not name a repository")
        }
        // With a link before `..`, the kernel would resolve another path than the one read here.
        let steps = pointer.components.drop { $0.kind != .regular }
        guard steps.allSatisfy({ $0.kind == .regular }) else {
            throw .unguardable(guarded.tree.place(file), "its path goes back with '..' on the way")
        }
        let place = guarded.tree.place(path).pushing(pointer).lexicallyNormalized()
        if let inner = place == guarded.tree.path ? "" : Self.relative(place, to: guarded.tree.path) {
            let directory = GitDirectory(tree: guarded.tree, path: inner)
            let common = Self.common(directory, inner)
            // The pointer's target may be the user's own: nothing is created in it, and it is never an obstacle.
            guard (try? common == nil ? directory.isRepository() : directory.hasHead()) == true else {
                throw .unguardable(guarded.tree.place(file), "'\(place)' is no repository")
            }
            guard let common else {
                try guardRepository(number, inner, depth: 0)
                return try guardNamed(by: (number, inner), seenFrom: (number, path))
            }
            return try guardLinked((number, path), directory: inner, of: common)
        }
        guard isTop, number == 0 else {
            oddities.append("'\(guarded.tree.place(path))' belongs to '\(place)', which is not mounted")
            return try guardNamed(around: guarded.tree.place(path))
        }
        try mount(try Pointed(place, from: guarded.tree, file), pointer: pointer)
    }

    /// Guards a worktree within the tree of its own repository. Its own part is writable, because the container works in
    /// it.
    private mutating func guardLinked(
        _ workTree: Place, directory: FilePath, of common: FilePath
    ) throws(RunError) {
        let (number, tree) = (workTree.number, trees[workTree.number].tree)
        // One that is guarded already may be closed to its user, which a repair changes.
        let isKnown = entered.contains(tree.place(common))
        guard isKnown || (try? GitDirectory(tree: tree, path: common).isRepository()) == true else {
            let pointer = tree.place(directory.appending("commondir"))
            throw .unguardable(pointer, "it sends git to '\(tree.place(common))', which is no repository")
        }
        try guardRepository(number, common, depth: 0)
        try pin(number, directory, below: "")
        try guardWorktree(number, directory, of: common)
        try guardNamed(by: (number, common), seenFrom: workTree, directory: directory)
    }

    /// The path relative to `base`; `nil` when it is outside.
    static func relative(_ path: FilePath, to base: FilePath) -> FilePath? {
        var rest = path
        guard path != base, rest.removePrefix(base) else { return nil }
        return rest
    }

    private static func common(_ directory: GitDirectory, _ path: FilePath) -> FilePath? {
        guard let line = directory.line("commondir") else { return nil }
        let place = path.pushing(FilePath(line)).lexicallyNormalized()
        return place.isRelative && place.components.allSatisfy { $0.kind == .regular } ? place : nil
    }

    /// Mounts the repository of the workspace's pointer so that the pointer is valid in the container too.
    private mutating func mount(_ pointed: Pointed, pointer: FilePath) throws(RunError) {
        let directory = try MountableDirectory(
            pointed.common.path, protected: rules.protected, isRepository: true)
        guard directory.identity == pointed.common.identity else { throw .changedMeanwhile(pointed.common.path) }
        outside = OutsideRepository(
            path: pointed.common.path, identity: directory.identity, isNew: !rules.allowed.contains(directory.identity))
        guard pointed.isMutual || rules.allowed.contains(directory.identity) else {
            throw .outsideRepository(trees[0].tree.path, pointed.common.path, pointed.doubt ?? "it does not name it")
        }
        let target = Self.seen(pointed, pointer, trees[0].target)
        trees.append(GuardedTree(pointed.common, target: target))
        mounted = MountedTrees(trees, mounts: rules.mounts)
        try guardRepository(trees.count - 1, "", depth: 0, worktree: pointed.worktree)
        let own = pointed.worktree.map { FilePath("worktrees").appending($0) }
        try guardNamed(by: (trees.count - 1, ""), seenFrom: (0, ""), directory: own)
    }

    /// The mount point of an outside repository that makes the pointer in `.git` valid in the container.
    private static func seen(_ pointed: Pointed, _ pointer: FilePath, _ target: FilePath) -> FilePath {
        guard pointer.isRelative else { return pointed.common.path }
        var place = target.pushing(pointer).lexicallyNormalized()
        if pointed.worktree != nil { for _ in 0..<2 { place.removeLastComponent() } }
        return place
    }
}

/// The target of a workspace's pointer on the host, and whether that refers back to the workspace.
struct Pointed {
    /// The repository.
    let common: ContainerTree
    /// The name of the worktree in it; `nil` when the pointer names the repository itself.
    let worktree: FilePath.Component?
    /// Why it does not refer to the workspace; `nil` when it does.
    let doubt: String?

    var isMutual: Bool { doubt == nil }

    /// Opens the target of `place`, named by `file` of `workspace`.
    ///
    /// - Throws: `RunError.danglingPointer` when it is not a repository.
    init(_ place: FilePath, from workspace: ContainerTree, _ file: FilePath) throws(RunError) {
        let refuse: (String) -> RunError = { .danglingPointer(workspace.path, place, $0) }
        guard let real = RealPath.of(place), let named = try? ContainerTree(real) else {
            throw refuse("there is no such directory")
        }
        let directory = GitDirectory(tree: named, path: "")
        guard let line = directory.line("commondir") else {
            guard (try? directory.isRepository()) == true else { throw refuse("it is no repository") }
            (common, worktree) = (named, nil)
            doubt = Self.doubt(ofSubmodule: directory, workspace)
            return
        }
        guard let realCommon = RealPath.of(real.pushing(FilePath(line))), let common = try? ContainerTree(realCommon),
            (try? GitDirectory(tree: common, path: "").isRepository()) == true, let name = real.lastComponent,
            (try? common.identity(FilePath("worktrees").appending(name))) == .some(named.identity)
        else { throw refuse("it is no worktree of a repository") }
        (self.common, worktree) = (common, name)
        doubt = Self.doubt(ofWorktree: directory, workspace, file)
    }

    /// `gitdir` in a worktree's directory names the file `.git` of the work tree (gitrepository-layout(5)).
    private static func doubt(
        ofWorktree directory: GitDirectory, _ workspace: ContainerTree, _ file: FilePath
    ) -> String? {
        guard let line = directory.line("gitdir") else { return "its worktree names no work tree" }
        let named = directory.tree.path.pushing(FilePath(line)).lexicallyNormalized()
        guard named.lastComponent == ".git", RealPath.identity(named.removingLastComponent()) == workspace.identity
        else { return "its worktree is '\(named.removingLastComponent())' and not this directory" }
        return nil
    }

    /// A submodule's repository has `core.worktree`, relative to itself.
    private static func doubt(ofSubmodule directory: GitDirectory, _ workspace: ContainerTree) -> String? {
        guard let bytes = directory.tree.bytes("config", limit: 1 << 20) else { return "it has no configuration" }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        let places = lines.compactMap { line -> FilePath? in
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingSpaces }
            guard parts.count == 2, parts[0].lowercased() == "worktree" else { return nil }
            return directory.tree.path.pushing(FilePath(String(parts[1])))
        }
        let isKnown = places.last.flatMap(RealPath.identity) == workspace.identity
        return isKnown ? nil : "its configuration does not name this directory as its work tree"
    }
}

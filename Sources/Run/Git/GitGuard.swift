// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import SystemPackage

/// The mounts that keep the container from changing what git on the host executes: hooks and configuration.
///
/// A read-only mount on `.git/hooks` alone is got round by renaming `.git`: so every folder on the way to a guarded file
/// is mounted onto itself, and the kernel refuses to rename a mount point (EBUSY, rename(2)). A file `commondir` in
/// `.git` would send git to another folder's configuration: it is there, says `.` and cannot be written.
package struct GitGuard: Hashable, Sendable {
    /// A file or folder that must be there to be mounted on.
    package struct Placeholder: Hashable, Sendable {
        /// Where.
        package let path: FilePath
        /// What is in the file; `nil` makes a folder.
        package let content: String?
    }

    /// In the order of mounting.
    package private(set) var mounts: [BindMount] = []
    /// What has to be made before, and is taken away afterwards.
    package private(set) var placeholders: [Placeholder] = []
    /// The repository's folders that are guarded.
    package private(set) var repositories: [FilePath] = []
    /// The folder outside the workspace that a worktree's repository is in, which is mounted too.
    package private(set) var outside: FilePath?

    private static let limit = 256
    private static let depth = 16

    /// Guards nothing.
    package static let none = GitGuard()
    private init() {}

    /// Looks for repositories in `workspace`, which is seen in the container as `target`.
    ///
    /// - Throws: `RunError.unguardable`; what `MountableFolder` throws for a repository elsewhere.
    package init(workspace: FilePath, target: FilePath, protected: ProtectedPaths) throws(RunError) {
        try guardTree(workspace, target, depth: 0, protected)
        let unique = Dictionary(mounts.map { ($0.target, $0) }) { first, second in first.readOnly ? first : second }
        mounts = unique.values.sorted { left, right in
            let depths = (FilePath(left.target).components.count, FilePath(right.target).components.count)
            return depths.0 != depths.1
                ? depths.0 < depths.1 : left.target.utf8.lexicographicallyPrecedes(right.target.utf8)
        }
        guard mounts.count <= Self.limit else {
            throw .unguardable(workspace, "it has too many submodules and worktrees (\(mounts.count) mounts)")
        }
    }

    /// A folder with files of git in it, and its submodules.
    private mutating func guardTree(
        _ tree: FilePath, _ target: FilePath, depth: Int, _ protected: ProtectedPaths
    ) throws(RunError) {
        guard depth < Self.depth else { throw .unguardable(tree, "its submodules are nested too deeply") }
        let place = tree.appending(".git")
        switch GitFolder.kind(place) {
        case .nothing: return
        case .folder: try guardRepository(place, target.appending(".git"), depth: 0)
        case .file: try follow(place, tree, target, isTop: depth == 0, protected)
        case .link: throw .unguardable(tree, "its '.git' is a symbolic link, which could be replaced")
        case .other: throw .unguardable(tree, "its '.git' is neither a folder nor a file")
        }
        for path in GitFolder.submodulePaths(tree) {
            let submodule = tree.pushing(path)
            guard GitFolder.kind(submodule.appending(".git")) != .nothing else { continue }
            guard RealPath.of(submodule) == submodule else {
                throw .unguardable(submodule, "a symbolic link is on the way to it")
            }
            pin(path, in: tree, target)
            try guardTree(submodule, target.pushing(path), depth: depth + 1, protected)
        }
    }

    /// A worktree or a submodule: its `.git` is a file that says where the repository is.
    private mutating func follow(
        _ file: FilePath, _ tree: FilePath, _ target: FilePath, isTop: Bool, _ protected: ProtectedPaths
    ) throws(RunError) {
        add(file, target.appending(".git"), readOnly: true)
        guard let pointer = GitFolder.pointer(file), let folder = RealPath.of(tree.pushing(pointer)),
            let common = GitFolder.common(of: folder)
        else { throw .unguardable(tree, "its '.git' does not lead to a repository") }
        // A submodule's repository lies in the one of the tree around it, which is guarded already.
        guard isTop, !common.starts(with: tree) else { return }
        let outside = try MountableFolder(common, protected: protected).path
        self.outside = outside
        try guardRepository(outside, Self.seen(outside, folder, pointer, target), depth: 0)
    }

    /// Where a repository outside has to be seen so that the pointer in `.git` leads there in the container as well.
    private static func seen(
        _ common: FilePath, _ folder: FilePath, _ pointer: FilePath, _ target: FilePath
    ) -> FilePath {
        guard pointer.isRelative else { return common }
        var place = target.pushing(pointer).lexicallyNormalized()
        for _ in 0..<max(0, folder.components.count - common.components.count) { place.removeLastComponent() }
        return place
    }

    /// A repository's own folder with the submodules' and worktrees' folders in it.
    private mutating func guardRepository(_ folder: FilePath, _ target: FilePath, depth: Int) throws(RunError) {
        guard depth < Self.depth else { throw .unguardable(folder, "its submodules are nested too deeply") }
        repositories.append(folder)
        add(folder, target, readOnly: false)
        hold("hooks", in: folder, target, otherwise: .some(nil))
        hold("config", in: folder, target, otherwise: "")
        hold("commondir", in: folder, target, otherwise: ".\n")
        let isSplit = GitFolder.hasWorktreeConfiguration(folder)
        hold("config.worktree", in: folder, target, otherwise: isSplit ? "" : .none)
        for name in GitFolder.names(folder.appending("worktrees")) {
            let path = FilePath("worktrees").appending(name)
            guard GitFolder.kind(folder.pushing(path)) == .folder else { continue }
            pin(path, in: folder, target)
            for file in ["commondir", "gitdir"] { hold(file, in: folder.pushing(path), target.pushing(path)) }
            hold("config.worktree", in: folder.pushing(path), target.pushing(path), otherwise: isSplit ? "" : .none)
        }
        try guardModules(folder.appending("modules"), target.appending("modules"), depth: depth)
    }

    /// `modules` holds repositories by name, and a name may have slashes.
    private mutating func guardModules(_ folder: FilePath, _ target: FilePath, depth: Int) throws(RunError) {
        guard depth < Self.depth, GitFolder.kind(folder) == .folder else { return }
        add(folder, target, readOnly: false)
        for name in GitFolder.names(folder) {
            let inner = folder.appending(name)
            guard GitFolder.kind(inner) == .folder else { continue }
            if GitFolder.isRepository(inner) {
                try guardRepository(inner, target.appending(name), depth: depth + 1)
            } else {
                try guardModules(inner, target.appending(name), depth: depth + 1)
            }
        }
    }

    /// Makes `name` read-only; where there is nothing, a placeholder of that content, or of a folder, comes there.
    private mutating func hold(
        _ name: String, in folder: FilePath, _ target: FilePath, otherwise content: String?? = .none
    ) {
        let path = folder.appending(name)
        if GitFolder.kind(path) == .nothing {
            guard case .some(let content) = content else { return }
            placeholders.append(Placeholder(path: path, content: content))
        } else if case .some(.some(let text)) = content, !text.isEmpty, GitFolder.holds(text, path) {
            // Left by a launcher that was killed: it goes with this one.
            placeholders.append(Placeholder(path: path, content: text))
        }
        add(path, target.appending(name), readOnly: true)
    }

    /// Mounts every folder of the relative `path` onto itself, so that none can be renamed.
    private mutating func pin(_ path: FilePath, in folder: FilePath, _ target: FilePath) {
        var (source, place) = (folder, target)
        for component in path.components {
            source.append(component)
            place.append(component)
            add(source, place, readOnly: false)
        }
    }

    private mutating func add(_ source: FilePath, _ target: FilePath, readOnly: Bool) {
        mounts.append(BindMount(source: source, target: target.string, readOnly: readOnly))
    }
}

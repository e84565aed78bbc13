// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

extension GitGuard {
    /// Guards a repository's own directory with the directories of submodules and worktrees in it.
    ///
    /// - Parameter worktree: The name of the worktree that is the workspace, for a repository outside.
    mutating func guardRepository(
        _ number: Int, _ path: FilePath, depth: Int, worktree: FilePath.Component? = nil
    ) throws(RunError) {
        let tree = trees[number].tree
        guard depth < Self.depth else {
            throw .unguardable(tree.place(path), "its submodules are nested too deeply")
        }
        guard entered.insert(tree.place(path)).inserted else { return }
        repositories.append(tree.place(path))
        held.append((number, path))
        try pin(number, path, below: "")
        let directory = GitDirectory(tree: tree, path: path)
        noteClosed(directory)
        if (try? directory.isRepository()) == true, let found = try? tree.identity(path) { complete.insert(found) }
        let isSplit = directory.hasWorktreeConfiguration()
        try hold(number, path, "hooks", .directory)
        try hold(number, path, "config", .file(""))
        if let line = directory.line("commondir"), line != "." {
            try refuse(tree.place(path.appending("commondir")), "it sends git to another directory, '\(line)'")
        }
        try hold(number, path, "commondir", .file(".\n"))
        try hold(number, path, "config.lock", .file(Self.lockText))
        try hold(number, path, "config.worktree", isSplit ? .file("") : nil)
        if isSplit { try hold(number, path, "config.worktree.lock", .file(Self.lockText)) }
        try guardWorktrees(number, path, isTop: depth == 0)
        if let worktree {
            try guardWorktree(number, path.appending("worktrees").appending(worktree), of: path)
        }
        try guardModules(number, path.appending("modules"), depth: depth)
    }

    /// `worktrees` is read-only, since `git worktree prune` would remove work trees whose path is not visible here.
    /// A repository of its own without `worktrees` gets an empty one, because `git worktree repair` writes to the paths
    /// that the files in it name. An existing empty one, left by a killed launcher or by git, is treated as missing and
    /// removed with this one.
    private mutating func guardWorktrees(_ number: Int, _ path: FilePath, isTop: Bool) throws(RunError) {
        let tree = trees[number].tree
        let worktrees = path.appending("worktrees")
        let isThere = try look { try tree.kind(worktrees) } != .nothing
        guard isThere || isTop else { return }
        let isEmpty = (try? tree.names(worktrees, limit: 1))?.isEmpty ?? !isThere
        try add(
            number, worktrees, .directory, readOnly: true, placeholder: isEmpty ? .directory : nil, repository: path)
    }

    /// The directory of a worktree that the container works in: writable, except for its pointers.
    mutating func guardWorktree(_ number: Int, _ place: FilePath, of path: FilePath) throws(RunError) {
        let isSplit = GitDirectory(tree: trees[number].tree, path: path).hasWorktreeConfiguration()
        try add(number, place, .directory, readOnly: false)
        for name in ["commondir", "gitdir"] { try hold(number, place, name, nil, of: path) }
        try hold(number, place, "config.worktree", isSplit ? .file("") : nil, of: path)
        if isSplit { try hold(number, place, "config.worktree.lock", .file(Self.lockText), of: path) }
        // Submodules of a linked worktree have their repositories there.
        try guardModules(number, place.appending("modules"), depth: 0)
    }

    /// `modules` contains repositories by name, and a name may contain slashes.
    private mutating func guardModules(_ number: Int, _ path: FilePath, depth: Int) throws(RunError) {
        let tree = trees[number].tree
        guard depth < Self.depth else {
            let all = Array(path.components)
            let first = all.firstIndex { $0 == "modules" }.map { all.prefix($0 + 2) } ?? all[...]
            throw .unguardable(tree.place(FilePath(root: nil, first)), "its submodules are nested too deeply")
        }
        switch try look({ try tree.kind(path) }) {
        case .nothing: return
        case .directory: break
        case let kind: throw .unguardable(tree.place(path), "it is \(kind.words) and not a directory")
        }
        try add(number, path, .directory, readOnly: false)
        for name in try look({ try tree.names(path, limit: Self.mostModules) }) {
            // A repair has moved this aside, so it is not a module.
            guard !name.string.contains(".quarantined-") else { continue }
            try attempt { guarding throws(RunError) in
                try guarding.guardModule(number, path.appending(name), depth: depth + 1)
            }
        }
    }

    private mutating func guardModule(_ number: Int, _ path: FilePath, depth: Int) throws(RunError) {
        let tree = trees[number].tree
        guard try look({ try tree.kind(path) }) == .directory else { return }
        guard fits(number, path) else {
            return try refuse(tree.place(path), Self.tooLong)
        }
        if try look({ try GitDirectory(tree: tree, path: path).hasHead() }) {
            try guardRepository(number, path, depth: depth)
        } else {
            try guardModules(number, path, depth: depth)
        }
    }

    /// Makes `name` read-only, with a placeholder if it does not exist. A placeholder of a killed launcher is
    /// recognized by its text, and is removed with this one.
    private mutating func hold(
        _ number: Int, _ directory: FilePath, _ name: String, _ placeholder: GuardedPath.Placeholder?,
        of repository: FilePath? = nil
    ) throws(RunError) {
        let tree = trees[number].tree
        let path = directory.appending(name)
        let isThere = try look { try tree.kind(path) } != .nothing
        guard isThere || placeholder != nil else { return }
        var made = isThere ? nil : placeholder
        // An empty `config.worktree` means nothing, an empty `config` is the user's.
        if isThere, case .file(let text) = placeholder, !text.isEmpty || name == "config.worktree",
            tree.bytes(path, limit: 1 << 12) == Array(text.utf8)
        {
            made = placeholder
        }
        if isThere, made == nil, name.hasSuffix(".lock") { throw .repositoryLocked(tree.place(path)) }
        try add(
            number, path, name == "hooks" ? .directory : .file, readOnly: true, placeholder: made,
            repository: repository ?? directory)
    }
}

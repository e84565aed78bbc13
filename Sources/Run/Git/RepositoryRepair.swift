// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Repairs a project whose start is refused: files that cannot be guarded are renamed by handle in their own directory,
/// and nothing is deleted. A directory without permissions for its owner is opened.
package struct RepositoryRepair: Sendable {
    private let trees: [GuardedTree]
    private let rules: RepositoryRules
    /// The maximum number of passes; obstacles behind others are found by the next pass. A repository has a few places
    /// that can be wrong, and modules are nested up to `GitGuard.depth`.
    private static let passes = 64

    /// The repair of `trees`; the first tree is the workspace.
    package init(_ trees: [GuardedTree], rules: RepositoryRules) {
        self.trees = trees
        self.rules = rules
    }

    /// The obstacles to a start that one pass finds.
    ///
    /// - Throws: `RunError` for problems that renaming cannot repair.
    package func obstacles() throws(RunError) -> [GuardObstacle] {
        try GitGuard(trees, rules: rules, collecting: true).obstacles ?? []
    }

    /// Moves all obstacles aside.
    ///
    /// - Returns: The new path of each.
    /// - Throws: `RunError`, `FileError`.
    package func run() throws -> [FilePath] {
        var moved: [FilePath] = []
        for _ in 0..<Self.passes {
            let found = try obstacles()
            guard let first = found.first else { return moved }
            let new = try clear(found)
            guard !new.isEmpty else { throw RunError.unguardable(first.place, first.why) }
            moved += new
        }
        guard let first = try obstacles().first else { return moved }
        throw RunError.unguardable(first.place, first.why)
    }

    /// Clears the obstacles of one pass. Paths below a cleared one are no longer valid.
    private func clear(_ found: [GuardObstacle]) throws -> [FilePath] {
        var (moved, done): ([FilePath], Set<FilePath>) = ([], [])
        for item in found {
            var place = item.place
            var isDone = done.contains(place)
            while !isDone, place.removeLastComponent(), !place.components.isEmpty { isDone = done.contains(place) }
            guard !isDone, let obstacle = locate(item.place) else { continue }
            let pointers = pointers(into: item.place)
            let (old, new) = try clear(obstacle)
            done.insert(old)
            moved.append(new)
            if old != new { moved += try pointers.map(replace) }
        }
        return moved
    }

    /// The work trees of submodules whose file `.git` points into `modules`, a directory of repositories that is about
    /// to be moved: git enters each because of `.gitmodules` or the index, and fails when its repository is missing.
    private func pointers(into modules: FilePath) -> [Pointer] {
        guard modules.components.contains("modules") else { return [] }
        var (found, waiting): ([Pointer], [(Obstacle, Int)]) = (
            [], trees.map { (Obstacle(tree: $0.tree, path: ""), 0) }
        )
        while let (workTree, depth) = waiting.popLast(), depth < GitGuard.depth, found.count < GitGuard.mostModules {
            let tree = workTree.tree
            let (named, links) = submodules(of: workTree)
            for path in named.union(links) {
                guard let pointer = GitDirectory.pointer(path.appending(".git"), in: tree) else { continue }
                let inner = Obstacle(tree: tree, path: path)
                if tree.place(path).pushing(pointer).lexicallyNormalized().starts(with: modules) {
                    found.append(Pointer(workTree: inner, isSubmodule: links.contains(path)))
                } else {
                    waiting.append((inner, depth + 1))
                }
            }
        }
        return found
    }

    /// The paths that `.gitmodules` names, and those of the index: `.gitmodules` alone makes no submodule
    /// (gitsubmodules(7)).
    private func submodules(of workTree: Obstacle) -> (named: Set<FilePath>, links: Set<FilePath>) {
        let (tree, path) = (workTree.tree, workTree.path)
        let place = path.appending(".git")
        let pointer = GitDirectory.pointer(place, in: tree)
        let repository = pointer.map { path.pushing($0).lexicallyNormalized() } ?? place
        let index = GitWorktreeReview(tree, at: path, path: repository).index
        let links = (index?.gitlinks ?? []).map { FilePath(bytes: $0) }.filter {
            $0.components.allSatisfy { $0.kind == .regular }
        }
        return (Set(GitDirectory.submodules(of: path, in: tree).map(path.pushing)), Set(links.map(path.pushing)))
    }

    /// Moves a dangling `.git` aside. The work tree of a submodule follows, and leaves an empty directory:
    /// `git submodule update --init` populates only an empty one. Another directory stays: it is the project's own.
    private func replace(_ pointer: Pointer) throws -> FilePath {
        let (tree, path) = (pointer.workTree.tree, pointer.workTree.path)
        let file = try tree.moveAside(path.appending(".git"))
        guard pointer.isSubmodule else { return file }
        let aside = try tree.moveAside(path)
        try tree.makeDirectory(path)
        return aside
    }

    /// A work tree whose file `.git` points into a directory that is moved.
    private struct Pointer {
        let workTree: Obstacle
        let isSubmodule: Bool
    }

    private struct Obstacle {
        let tree: ContainerTree
        let path: FilePath
    }

    /// The component of the path that is the obstacle: the first that is not a directory, or the directory that cannot
    /// be read.
    private func locate(_ place: FilePath) -> Obstacle? {
        for guarded in trees {
            guard let relative = GitGuard.relative(place, to: guarded.tree.path) else { continue }
            var path = FilePath()
            for component in relative.components {
                let above = path
                path.append(component)
                guard let kind = try? guarded.tree.kind(path) else {
                    return above.isEmpty ? nil : Obstacle(tree: guarded.tree, path: above)
                }
                if kind == .nothing { return nil }
                if kind != .directory || path == relative { return Obstacle(tree: guarded.tree, path: path) }
            }
        }
        return nil
    }

    /// Opens files that are inaccessible to the user of the project; moves all others aside, with the directories above
    /// them that belong to another user.
    ///
    /// - Returns: The old and the new path.
    private func clear(_ obstacle: Obstacle) throws -> (old: FilePath, new: FilePath) {
        let (tree, user) = (obstacle.tree, geteuid())
        var path = obstacle.path
        if try open(path, in: tree) { return (tree.place(path), tree.place(path)) }
        while true {
            do { return (tree.place(path), try tree.moveAside(path)) } catch let error as FileError {
                guard [.permissionDenied, .notPermitted].contains(error.errno) else { throw error }
                path.removeLastComponent()
                guard path.isEmpty, let top = try tree.status("") else { continue }
                throw RunError.closedDirectory(tree.path, owner: top.st_uid, user: user)
            }
        }
    }

    /// Opens a directory or a file whose mode makes it inaccessible to its owner, the user of the project, and removes
    /// the default access control list of a directory when it closes new files to their owner. As root, the owner is
    /// restored first, and that of its contents, as well as that of a repository of another owner.
    ///
    /// - Returns: Whether it was inaccessible and could be opened.
    private func open(_ path: FilePath, in tree: ContainerTree) throws -> Bool {
        let user = GitGuard.user(of: trees, rules)
        guard let status = try? tree.status(path) else { return false }
        let kind = FileKind(mode: status.st_mode)
        let isOwn = status.st_uid == user.userID
        let directory = GitDirectory(tree: tree, path: path)
        let isForeign = !isOwn && ((try? directory.isRepository()) == true || directory.line("commondir") != nil)
        let isWritten = isOwn || ["objects", "pack", "refs", "heads", "logs"].contains(path.lastComponent)
        let needed: mode_t = (kind == .directory ? 5 : 4) | (isWritten ? 2 : 0)
        let closesNewFiles = kind == .directory && tree.hasClosingList(path)
        let isClosed = isForeign || closesNewFiles || ClosedPlace.isClosed(status, needed: needed, to: user)
        guard kind == .directory || kind == .file, isClosed, isOwn || geteuid() == 0 else { return false }
        if closesNewFiles { tree.removeDefaultList(of: path) }
        if status.st_uid != user.userID { try tree.give(path, to: user) }
        try tree.openToOwner(path)
        if kind == .directory, status.st_uid != user.userID {
            tree.giveContents(of: path, from: status.st_uid, to: user)
        }
        return true
    }
}

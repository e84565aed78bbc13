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
            let (old, new) = try clear(obstacle)
            done.insert(old)
            moved.append(new)
        }
        return moved
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

    /// Opens a directory that its owner, the caller, cannot enter; moves everything else aside, with the directories
    /// above it that belong to another user.
    ///
    /// - Returns: The old and the new path.
    private func clear(_ obstacle: Obstacle) throws -> (old: FilePath, new: FilePath) {
        let (tree, user) = (obstacle.tree, geteuid())
        var path = obstacle.path
        if let status = try? tree.status(path), FileKind(mode: status.st_mode) == .directory, status.st_uid == user,
            user != 0, status.st_mode & S_IRWXU != S_IRWXU
        {
            try tree.openToOwner(path)
            return (tree.place(path), tree.place(path))
        }
        while true {
            do { return (tree.place(path), try tree.moveAside(path)) } catch let error as FileError {
                guard [.permissionDenied, .notPermitted].contains(error.errno) else { throw error }
                path.removeLastComponent()
                guard path.isEmpty, let top = try tree.status("") else { continue }
                throw RunError.closedDirectory(tree.path, owner: top.st_uid, user: user)
            }
        }
    }
}

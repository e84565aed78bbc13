// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The repair of a project whose start is refused: what cannot be guarded is renamed, by handle, in its own directory, and
/// nothing is removed. A directory that only its mode closes is opened to its owner.
package struct RepositoryRepair: Sendable {
    private let trees: [GuardedTree]
    private let rules: RepositoryRules
    private static let limit = 1000

    /// The repair of `trees`, of which the first is the workspace.
    package init(_ trees: [GuardedTree], rules: RepositoryRules) {
        self.trees = trees
        self.rules = rules
    }

    /// The first place that is in the way of a start, and what is wrong with it; `nil` when nothing is.
    ///
    /// - Throws: `RunError` for what cannot be repaired by renaming.
    package func obstacle() throws(RunError) -> (place: FilePath, why: String)? {
        do {
            _ = try GitGuard(trees, rules: rules)
            return nil
        } catch {
            switch error {
            case .unguardable(let place, let why): return (place, why)
            case .outsideRepository(let project, _, let why): return (project.appending(".git"), why)
            case .repositoryLocked(let place): return (place, "git's lock, if no git command runs")
            default: throw error
            }
        }
    }

    /// Moves every obstacle aside.
    ///
    /// - Returns: The new place of each.
    /// - Throws: `RunError`, `FileError`.
    package func run() throws -> [FilePath] {
        var moved: [FilePath] = []
        while let found = try obstacle() {
            guard moved.count < Self.limit, let obstacle = locate(found.place) else {
                throw RunError.unguardable(found.place, found.why)
            }
            moved.append(try clear(obstacle))
        }
        return moved
    }

    private struct Obstacle {
        let tree: ContainerTree
        let path: FilePath
        /// Whether it is a directory that cannot be looked into.
        var isClosed = false
    }

    /// The component of the place that is in the way: the first that is neither a directory nor the last, or the directory
    /// that cannot be looked into.
    private func locate(_ place: FilePath) -> Obstacle? {
        for guarded in trees {
            guard let relative = GitGuard.relative(place, to: guarded.tree.path) else { continue }
            var path = FilePath()
            for component in relative.components {
                let above = path
                path.append(component)
                guard let kind = try? guarded.tree.kind(path) else {
                    return above.isEmpty ? nil : Obstacle(tree: guarded.tree, path: above, isClosed: true)
                }
                if kind == .nothing { return nil }
                if kind != .directory || path == relative { return Obstacle(tree: guarded.tree, path: path) }
            }
        }
        return nil
    }

    /// Opens a directory that its owner, the caller, closed; moves everything else aside, with the directories above it that
    /// belong to somebody else.
    private func clear(_ obstacle: Obstacle) throws -> FilePath {
        let (tree, user) = (obstacle.tree, geteuid())
        var path = obstacle.path
        if obstacle.isClosed, let status = try tree.status(path), status.st_uid == user,
            status.st_mode & S_IRWXU != S_IRWXU
        {
            try tree.openToOwner(path)
            return tree.place(path)
        }
        while true {
            do { return try tree.moveAside(path) } catch let error as FileError {
                guard [.permissionDenied, .notPermitted].contains(error.errno) else { throw error }
                path.removeLastComponent()
                guard path.isEmpty, let top = try tree.status("") else { continue }
                throw RunError.closedFolder(tree.path, owner: top.st_uid, user: user)
            }
        }
    }
}

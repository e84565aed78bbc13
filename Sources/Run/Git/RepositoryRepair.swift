// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The repair of a project whose start is refused: what cannot be guarded is renamed, by handle, in its own directory, and
/// nothing is removed.
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
            guard moved.count < Self.limit, let (tree, path) = locate(found.place) else {
                throw RunError.unguardable(found.place, found.why)
            }
            moved.append(try tree.moveAside(path))
        }
        return moved
    }

    /// The component of the place that is to be moved: the first that is neither a directory nor the last.
    private func locate(_ place: FilePath) -> (ContainerTree, FilePath)? {
        for guarded in trees {
            guard let relative = GitGuard.relative(place, to: guarded.tree.path) else { continue }
            var path = FilePath()
            for component in relative.components {
                path.append(component)
                guard let kind = try? guarded.tree.kind(path), kind != .nothing else { return nil }
                if kind != .directory || path == relative { return (guarded.tree, path) }
            }
        }
        return nil
    }
}

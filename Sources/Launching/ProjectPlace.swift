// SPDX-License-Identifier: Apache-2.0

import Run
import SystemPackage

/// The project of a command other than `run`: its directory, its state, and the rules for its repositories.
package struct ProjectPlace: Sendable {
    /// The directory.
    package let directories: WorkspaceDirectories
    /// The stored state.
    package let state: StateDirectory
    /// The rules for its repositories.
    package let rules: RepositoryRules

    /// Finds the project of `caller`.
    ///
    /// - Parameter directory: The project's directory; `nil` for the current one.
    /// - Throws: `RunError`.
    package init(_ directory: String?, _ caller: Caller) throws {
        let protected = caller.protectedPaths
        directories = try WorkspaceDirectories(
            AddedDirectory(path: FilePath(directory ?? ".")), samePath: false, protected: protected)
        state = StateDirectory(directories.project, root: caller.projectsDirectory)
        rules = caller.repositoryRules(
            state, protected: protected, settings: try caller.gitConfiguration.listing(),
            mountsByPath: !StagedTrees.isPossible())
    }

    /// The guard of its repositories.
    ///
    /// - Throws: `RunError`, `FileError`.
    package func guarding() throws -> GitGuard { try GitGuard(try directories.open(), rules: rules) }
}

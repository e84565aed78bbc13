// SPDX-License-Identifier: Apache-2.0

import Run
import SystemPackage

/// The project of a command other than `run`: its directory, its state, and the rules for its repositories.
struct ProjectPlace: Sendable {
    let directories: WorkspaceDirectories
    let state: StateDirectory
    let rules: RepositoryRules

    /// - Parameter directory: The project's directory; `nil` for the current one.
    /// - Throws: `RunError`.
    init(_ directory: String?, _ environment: CommandEnvironment) throws {
        let protected = environment.protectedPaths
        directories = try WorkspaceDirectories(
            AddedDirectory(path: FilePath(directory ?? ".")), samePath: false, protected: protected)
        state = StateDirectory(directories.project, root: environment.projectsDirectory)
        rules = environment.repositoryRules(state, protected: protected)
    }

    /// The guard of its repositories.
    ///
    /// - Throws: `RunError`, `FileError`.
    func guarding() throws -> GitGuard { try GitGuard(try directories.open(), rules: rules) }
}

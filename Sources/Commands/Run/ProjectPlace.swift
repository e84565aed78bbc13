// SPDX-License-Identifier: Apache-2.0

import Run
import SystemPackage

/// A project that a command beside `run` works on: its directory, its state, and what counts in its repositories.
struct ProjectPlace: Sendable {
    let directories: WorkspaceDirectories
    let state: StateDirectory
    let rules: RepositoryRules

    /// - Parameter directory: The project's; `nil` is the current one.
    /// - Throws: `RunError`.
    init(_ directory: String?, _ environment: CommandEnvironment) throws {
        let protected = environment.protectedPaths
        directories = try WorkspaceDirectories(
            AddedDirectory(path: FilePath(directory ?? ".")), samePath: false, protected: protected)
        state = StateDirectory(directories.project, root: environment.projectsDirectory)
        rules = environment.repositoryRules(state, protected: protected)
    }

    /// Its repositories, with what guards them.
    ///
    /// - Throws: `RunError`, `FileError`.
    func guarding() throws -> GitGuard { try GitGuard(try directories.open(), rules: rules) }
}

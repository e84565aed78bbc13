// SPDX-License-Identifier: Apache-2.0

import Run
import SystemPackage

/// A project that a command beside `run` works on: its directory, its state, and what counts in its repositories.
struct ProjectPlace: Sendable {
    let folders: WorkspaceFolders
    let state: StateFolder
    let rules: RepositoryRules

    /// - Parameter directory: The project's; `nil` is the current one.
    /// - Throws: `RunError`.
    init(_ directory: String?, _ surroundings: Surroundings) throws {
        let protected = surroundings.protectedPaths
        folders = try WorkspaceFolders(
            AddedFolder(path: FilePath(directory ?? ".")), samePath: false, protected: protected)
        state = StateFolder(folders.project, root: surroundings.projectsFolder)
        rules = surroundings.repositoryRules(state, protected: protected)
    }

    /// Its repositories, with what guards them.
    ///
    /// - Throws: `RunError`, `FileError`.
    func guarding() throws -> GitGuard { try GitGuard(try folders.open(), rules: rules) }
}

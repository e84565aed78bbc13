// SPDX-License-Identifier: Apache-2.0

import Engine
import Glibc
import Run
import SystemPackage

/// The directories of a start, opened, with the guard of their repositories.
struct GuardedWorkspace: Sendable {
    let directories: WorkspaceDirectories
    let state: StateDirectory
    let guarding: GitGuard
    /// The rules for its repositories, which a start without a guard does not apply.
    let rules: RepositoryRules
    /// Whether the engine mounts by path instead of trees assembled from handles.
    let mountsByPath: Bool
    /// The directories that containers write or have written, listed once for the start.
    let writtenTrees: WrittenTrees
    /// The caller's git configuration, read once for the start.
    let gitListing: [UInt8]

    /// Opens the directories.
    ///
    /// - Throws: `RunError`, `FileError`.
    init(_ request: WorkspaceRequest, engine: EngineKind, caller: Caller) throws {
        let protected = caller.protectedPaths
        directories = try WorkspaceDirectories(
            request.project, samePath: request.samePath, adding: request.added, protected: protected)
        try directories.checkAccess()
        state = StateDirectory(directories.project, root: caller.projectsDirectory)
        gitListing = try caller.gitConfiguration.listing()
        mountsByPath = caller.mountsByPath(engine)
        rules = caller.repositoryRules(
            state, protected: protected, named: request.namedRepositories, settings: gitListing,
            mountsByPath: mountsByPath)
        writtenTrees = protected.written
        let trees = try directories.open()
        guarding =
            request.allowsGitConfiguration ? GitGuard(unguarded: trees) : try Self.guarding(trees, rules)
    }

    /// A git command of the host that holds the configuration's lock ends soon.
    private static func guarding(_ trees: [GuardedTree], _ rules: RepositoryRules) throws -> GitGuard {
        for _ in 0..<20 {
            let result: Result<GitGuard, any Error> = Result { try GitGuard(trees, rules: rules) }
            guard case .failure(RunError.repositoryLocked) = result else { return try result.get() }
            usleep(100_000)
        }
        return try GitGuard(trees, rules: rules)
    }
}

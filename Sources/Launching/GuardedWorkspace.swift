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
        var directories = try WorkspaceDirectories(
            request.project, samePath: request.samePath, adding: request.added, protected: protected)
        directories.closeUnwritable()
        try directories.checkAccess()
        state = StateDirectory(directories.project, root: caller.projectsDirectory)
        gitListing = try caller.gitConfiguration.listing()
        mountsByPath = caller.mountsByPath(engine)
        rules = caller.repositoryRules(
            state, protected: protected, named: request.namedRepositories, settings: gitListing,
            mountsByPath: mountsByPath)
        writtenTrees = protected.written
        guarding =
            request.allowsGitConfiguration
            ? GitGuard(unguarded: try directories.open()) : try Self.guarding(&directories, rules)
        self.directories = directories
    }

    /// Whether and how the project's commits are signed.
    var signing: CommitSigning {
        CommitSigning(
            caller: GitConfiguration.Entry.entries(listing: gitListing), repository: guarding.configuration)
    }

    /// Guards the repositories. A directory with a repository that this process cannot guard is read-only.
    private static func guarding(_ directories: inout WorkspaceDirectories, _ rules: RepositoryRules) throws -> GitGuard
    {
        while true {
            let guarding = try guarding(try directories.open(), rules)
            // A repository outside of the project is the project's.
            guard let (number, place) = guarding.unwritable else { return guarding }
            let mount = number < directories.mounts.count ? number : 0
            guard !directories.mounts[mount].readOnly else { return guarding }
            directories.close(mount, because: "you cannot write to '\(place)', so the repository cannot be guarded")
        }
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

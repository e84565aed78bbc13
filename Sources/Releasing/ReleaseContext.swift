// SPDX-License-Identifier: Apache-2.0

import Core
import ImageBuilding
import ImageComparison
import OCI
import Registry
import Release
import Signing
import SystemPackage
import Trust

/// The context of `release` and `nightly`, derived from the options without side effects.
package struct ReleaseContext: Sendable {
    let settings: ReleaseSettings
    let host: BuildHost
    let now: Int64
    private let probes: [FilePath]
    private let git: GitRepository
    private let remote: String?
    /// The project's directory, and the directory inside git's own where the state of a release is stored.
    let project: FilePath
    let memory: FilePath
    let trusted: TrustedRepository
    let repository: any RepositoryWriting

    /// Reads the project of the current directory.
    ///
    /// - Parameters:
    ///   - git: The environment of git, without the signing key.
    ///   - registry: The connection to the registry.
    ///   - probes: The possible paths of the probe.
    ///   - now: The current time, in seconds since 1970.
    /// - Throws: `ReleaseError`, `TrustError`, `RegistryError`, `FileError`.
    package init(
        _ settings: ReleaseSettings, host: BuildHost, git environment: [String: String], registry: RegistrySettings,
        probes: [FilePath], now: Int64
    ) async throws {
        self.settings = settings
        self.host = host
        self.now = now
        self.probes = probes
        git = GitRepository(SystemGit(directory: ".", environment: environment))
        let directories = try await git.directories()
        project = directories.files
        memory = directories.own.appending("opencode-docker")
        remote = try await git.remote(settings.remote)
        trusted = try Self.trusted(settings, project)
        repository = try await Self.repository(trusted, settings, registry)
    }

    /// The repository with the keys that users trust for it.
    private static func trusted(_ settings: ReleaseSettings, _ project: FilePath) throws -> TrustedRepository {
        let path = project.pushing(FilePath(settings.trust))
        guard Files.exists(path) else { throw ReleaseError.noTrust(settings.trust) }
        let file = try TrustFile(reading: path)
        if let name = settings.repository { return try file.repository(name) }
        guard let first = file.repositories.first else { throw ReleaseError.noTrust(settings.trust) }
        return first
    }

    /// The repository that the image is published to.
    private static func repository(
        _ trusted: TrustedRepository, _ settings: ReleaseSettings, _ registry: RegistrySettings
    ) async throws -> any RepositoryWriting {
        if let directory = settings.layout { return LayoutRepository(root: directory, name: trusted.name) }
        return try await RegistryRepository.connect(
            to: ImageReference(trusted.name), for: .writing(), settings: registry)
    }

    /// Runs `body` while holding the project's release lock.
    ///
    /// - Throws: `ReleaseError.running`, errors of `body`.
    func alone<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await SingleFlight.run(in: memory, body)
    }

    var preflight: Preflight { Preflight(git: git, remote: remote) }

    var planner: ReleasePlanner {
        let changes = PackageChanges(host: host)
        return ReleasePlanner(git: git, reporter: changes, scratch: scratch)
    }

    private var scratch: FilePath { host.store.root.appending("tmp") }

    /// The complete release run.
    ///
    /// - Throws: `ReleaseError.otherKey`.
    func releaseRun(_ key: SigningKey) throws -> ReleaseRun {
        let signer = try ReleaseSigner(
            repository: repository, key: key, trusted: trusted, scratch: scratch, now: now,
            statements: statements())
        let releaser = Releaser(
            git: git, remote: remote, repository: repository, journal: JournalDirectory(memory.appending("release")),
            builder: ReleaseBuild(settings: settings, host: host),
            verifier: ReleaseVerification(settings: settings, host: host, probes: probes), attester: signer,
            scratch: scratch)
        return ReleaseRun(preflight: preflight, planner: planner, releaser: releaser)
    }

    /// The request of the options.
    ///
    /// - Throws: `ReleaseError.author`, `.nobody`.
    package func request(_ occasion: ReleaseRequest.Occasion) async throws -> ReleaseRequest {
        ReleaseRequest(
            occasion: occasion, repository: repository.name, kind: settings.kind,
            author: try await author())
    }
}

extension ReleaseContext {
    private func author() async throws -> (name: String, mail: String) {
        if let author = settings.author { return author }
        return try await git.identity()
    }

    /// The next release; `nil` when nothing changed.
    ///
    /// - Throws: `ReleaseError`, errors of reading the project.
    package func planned(
        _ request: ReleaseRequest, progress: @escaping ProgressSink
    ) async throws -> PlannedRelease? {
        let base = try await preflight.base(tip: preflight.tip())
        guard let planned = try await planner.plan(request, on: base, progress: progress) else { return nil }
        try await preflight.checkIsFree(planned.plan, in: repository)
        return planned
    }

    /// Releases the project, or finishes a release.
    ///
    /// - Throws: `ReleaseError`, errors of the stages.
    package func released(
        _ request: ReleaseRequest, key: SigningKey, progress: @escaping ProgressSink
    ) async throws -> ReleaseOutcome {
        let run = try releaseRun(key)
        return try await alone { try await run.run(request, progress: progress) }
    }
}

extension PackageChanges: ChangeReporting {}

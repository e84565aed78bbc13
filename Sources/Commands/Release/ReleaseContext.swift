// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Release
import Signing
import SystemPackage
import Trust

/// The context of `release` and `nightly`, derived from the options without side effects.
struct ReleaseContext: Sendable {
    let options: ReleaseOptions
    let downloads: DownloadOptions
    let compression: CompressionChoice
    let environment: CommandEnvironment
    let git: GitRepository
    let remote: String?
    let store: Store
    /// The project's directory, and the directory inside git's own where the state of a release is stored.
    let project: FilePath
    let memory: FilePath
    let trusted: TrustedRepository
    let repository: any RepositoryWriting

    init(
        _ options: ReleaseOptions, _ compression: CompressionOptions, _ registries: RegistryOptions,
        _ downloads: DownloadOptions, _ environment: CommandEnvironment
    ) async throws {
        self.compression = compression.compression ?? .both
        self.options = options
        self.downloads = downloads
        self.environment = environment
        let variables = SigningKeyPlace.withoutSecrets(environment.variables, key: options.key)
        git = GitRepository(SystemGit(directory: ".", environment: variables))
        let directories = try await git.directories()
        project = directories.files
        memory = directories.own.appending("opencode-docker")
        remote = try await git.remote(options.remote)
        store = try Store(root: environment.storeDirectory)
        trusted = try Self.trusted(options, project)
        repository = try await Self.repository(trusted, options, registries, environment)
    }

    /// The repository with the keys that users trust for it.
    private static func trusted(_ options: ReleaseOptions, _ project: FilePath) throws -> TrustedRepository {
        let path = project.pushing(FilePath(options.trust))
        guard Files.exists(path) else { throw ReleaseError.noTrust(options.trust) }
        let file = try TrustFile(reading: path)
        if let name = options.repository { return try file.repository(name) }
        guard let first = file.repositories.first else { throw ReleaseError.noTrust(options.trust) }
        return first
    }

    /// The repository that the image is published to.
    private static func repository(
        _ trusted: TrustedRepository, _ options: ReleaseOptions, _ registries: RegistryOptions,
        _ environment: CommandEnvironment
    ) async throws -> any RepositoryWriting {
        if let directory = try options.layout() { return LayoutRepository(root: directory, name: trusted.name) }
        return try await RegistryRepository.connect(
            to: ImageReference(trusted.name), for: .writing(), settings: registries.settings(environment))
    }

    /// Runs `body` while holding the project's release lock.
    ///
    /// - Throws: `ReleaseError.running`, errors of `body`.
    func alone<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await SingleFlight.run(in: memory, body)
    }

    var preflight: Preflight { Preflight(git: git, remote: remote) }

    var planner: ReleasePlanner {
        let changes = PackageChanges(store: store, downloads: downloads, environment: environment)
        return ReleasePlanner(git: git, reporter: changes, scratch: scratch)
    }

    private var scratch: FilePath { store.root.appending("tmp") }

    /// The complete release run.
    ///
    /// - Throws: `ReleaseError.otherKey`.
    func releaseRun(_ key: SigningKey) throws -> ReleaseRun {
        let signer = try ReleaseSigner(
            repository: repository, key: key, trusted: trusted, scratch: scratch, now: environment.now,
            statements: statements())
        let releaser = Releaser(
            git: git, remote: remote, repository: repository, journal: JournalDirectory(memory.appending("release")),
            builder: ReleaseBuild(
                platforms: try options.platforms(), base: options.base, artifact: options.artifact,
                compression: compression, store: store, environment: environment, downloads: downloads),
            verifier: ReleaseVerification(
                installs: !options.offline, base: options.base, store: store, environment: environment,
                downloads: downloads), attester: signer, scratch: scratch)
        return ReleaseRun(preflight: preflight, planner: planner, releaser: releaser)
    }

    /// The request of the options.
    ///
    /// - Throws: `ReleaseError.author`, `.nobody`.
    func request(_ occasion: ReleaseRequest.Occasion) async throws -> ReleaseRequest {
        ReleaseRequest(
            occasion: occasion, repository: repository.name, kind: options.kind, author: try await options.author(git))
    }
}

extension PackageChanges: ChangeReporting {}

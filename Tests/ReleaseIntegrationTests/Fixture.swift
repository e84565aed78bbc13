// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Debian
import Foundation
import ImageDefinition
import Lockfile
import OCI
import Registry
import Release
import Signing
import SystemPackage
import Trust

/// A project with a git remote, an image repository and a key, in a temporary directory.
final class Fixture: Sendable {
    static let name = "registry.example/team/image"
    let root: FilePath
    let key: SigningKey

    var origin: FilePath { root.appending("origin.git") }
    /// The registry of its images; `nil` when a directory replaces it.
    let place: RegistryPlace?
    /// The repository by the signed name, which is the same in both.
    var registry: any RepositoryWriting {
        guard let place else { return LayoutRepository(root: root.appending("registry"), name: Self.name) }
        return MortalRepository(repository: place.repository, faults: Faults(), name: Self.name)
    }

    init(key: SigningKey = .generate(), place: RegistryPlace? = nil) throws {
        root = FilePath(NSTemporaryDirectory()).appending("release-\(Files.uniqueSuffix())")
        self.key = key
        self.place = place
        try Files.makeDirectories(root)
    }

    deinit { try? Files.removeTree(root) }

    /// A copy of the whole fixture.
    func copy() async throws -> Fixture {
        let copy = try Fixture(key: key, place: try await place?.copy())
        try await Self.shell("cp -a \"$1/.\" \"$2/\"", [root.string, copy.root.string])
        return copy
    }

    /// A machine with a clone of the project and its own store.
    func machine(_ name: String, remote: Bool = true) async throws -> Machine {
        let machine = Machine(fixture: self, directory: root.appending(name), hasRemote: remote)
        if !Files.exists(machine.clone) {
            try Files.makeDirectories(machine.directory)
            // A relative address: a copy of the fixture has its own remote.
            try await Self.shell(
                "cd \"$1\" && git clone -q ../origin.git clone && cd clone && git remote set-url origin ../../origin.git",
                [machine.directory.string])
        }
        return machine
    }

    /// The project's first commit, in the remote.
    func found() async throws {
        let project = root.appending("first")
        try Files.makeDirectories(project)
        let image = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let script = """
            cd "$1" && mkdir image && cp "$2"/image/*.yaml "$2"/image/*.json image/ && cp "$2/SECURITY.md" . &&
            sed -i "s/^version: .*/version: 1.0.0/" image/image.yaml && mkdir -p Sources/Commands &&
            printf '%s\n' 'static let current = "0.0.0"' > Sources/Commands/ProgramVersion.swift &&
            git init -q -b main && printf '%s' "$3" > CHANGELOG.md
            """
        try await Self.shell(script, [project.string, image.string, Self.changelog])
        let definition = try ImageDefinition.load(project.pushing("image/image.yaml"))
        try Files.write(Self.lock(definition, day: 1).serialized(), to: project.appending("versions.lock"))
        try await Self.shell(
            "cd \"$1\" && git add . && \(Self.commit) -m First && git clone -q --bare . ../origin.git", [project.string]
        )
    }

    static let changelog = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Everything.\n"
    /// Commits with the same date and author everywhere.
    static let commit = """
        GIT_AUTHOR_DATE='@1764000000 +0000' GIT_COMMITTER_DATE='@1764000000 +0000' \
        git -c user.name=A -c user.email=a@example.org commit -q
        """

    /// The lock of a day: one package, a new version of it every day.
    static func lock(_ definition: ImageDefinition, day: Int) throws -> VersionsLock {
        let time = "2026-11-0\(day)T00:00:00Z"
        let package = try LockedPackage(
            name: PackageName("openssl"), version: DebianVersion("3.0-\(day)"), architecture: "amd64",
            source: PackageName("openssl"), sourceVersion: DebianVersion("3.0-\(day)"),
            sha256: Digest(of: [UInt8(day)]),
            size: 1, installedSize: 1, path: "pool/main/o/openssl/openssl_3.0-\(day)_amd64.deb", base: "debian",
            tier: .hot, reason: "asked")
        let archive = LockedArchive(
            id: "bookworm", base: "debian", inRelease: Digest(of: [UInt8(day), 0]), date: time, signer: "ABCD")
        return VersionsLock(
            codename: "bookworm", snapshot: time, inputs: definition.inputsDigest, archives: [archive],
            architectures: ["amd64": [package], "arm64": []], artifacts: [])
    }

    @discardableResult
    static func shell(_ script: String, _ arguments: [String] = []) async throws -> String {
        let shell = ExternalProgram(
            "/bin/sh", ["-c", "set -e; \(script)", "sh"] + arguments, environment: ExternalProgram.ownEnvironment)
        let result = try await shell.result(limit: 1 << 20)
        guard result.status == 0 else {
            throw ShellFailed(script: script, error: String(decoding: result.standardError, as: UTF8.self))
        }
        return String(decoding: result.standardOutput, as: UTF8.self)
    }

    struct ShellFailed: Error { let script, error: String }
}

/// A clone of a fixture's project.
struct Machine: Sendable {
    let fixture: Fixture
    let directory: FilePath
    let hasRemote: Bool

    var clone: FilePath { directory.appending("clone") }

    /// Runs a script in the clone.
    @discardableResult
    func shell(_ script: String) async throws -> String {
        try await Fixture.shell("cd \"$1\"; \(script)", [clone.string])
    }

    /// Changes files by a script, commits and pushes the change.
    func change(_ script: String) async throws {
        let push = hasRemote ? "git push -q origin HEAD:main" : ":"
        try await shell("\(script); git add .; \(Fixture.commit) --allow-empty -m Change; \(push)")
    }

    /// Writes the lock of another day.
    func relock(day: Int) throws {
        let definition = try ImageDefinition.load(clone.pushing("image/image.yaml"))
        try Files.write(Fixture.lock(definition, day: day).serialized(), to: clone.appending("versions.lock"))
    }

    func git(_ faults: Faults) -> GitRepository {
        let environment = ProcessInfo.processInfo.environment
        return GitRepository(MortalGit(git: SystemGit(directory: clone, environment: environment), faults: faults))
    }

    /// A release run on this machine that can be killed.
    func releaseRun(
        _ faults: Faults = Faults(), platforms: [Platform] = [.amd64, .arm64], kind: ImageKind = .full
    ) throws -> ReleaseRun {
        let git = git(faults)
        let store = try Store(root: directory.appending("store"))
        let scratch = store.root.appending("tmp")
        let repository = MortalRepository(repository: fixture.registry, faults: faults, name: Fixture.name)
        let trusted = TrustedRepository(name: Fixture.name, keys: [.init(key: fixture.key.publicKey)])
        let signer = try ReleaseSigner(
            repository: repository, key: fixture.key, trusted: trusted, scratch: scratch, now: Self.now,
            statements: Self.statements)
        let build = MortalBuild(store: store, faults: faults, platforms: platforms, kind: kind)
        let remote = hasRemote ? "origin" : nil
        let releaser = Releaser(
            git: git, remote: remote, repository: repository,
            journal: MortalJournal(journal: JournalDirectory(directory.appending("journal")), faults: faults),
            builder: build, verifier: build, attester: signer, scratch: scratch)
        return ReleaseRun(
            preflight: Preflight(git: git, remote: remote),
            planner: ReleasePlanner(git: git, reporter: PlainReporter(), scratch: scratch), releaser: releaser)
    }

    /// Releases the current state.
    @discardableResult
    func release(
        _ faults: Faults = Faults(), _ change: (inout ReleaseRequest) -> Void = { _ in }
    ) async throws -> ReleaseOutcome {
        var request = Self.request(.maintainer)
        change(&request)
        return try await releaseRun(faults, kind: request.kind).run(request, progress: { _ in })
    }

    static func request(_ occasion: ReleaseRequest.Occasion) -> ReleaseRequest {
        ReleaseRequest(occasion: occasion, repository: Fixture.name, author: ("A", "a@example.org"))
    }

    /// The time of all events, in seconds since 1970.
    static let now: Int64 = 1_800_000_000

    /// One statement about each subject, in the place of an SBOM.
    private static let statements: ReleaseSigner.Statements = { release in
        release.images.map {
            Statement(
                subjects: [.init(digest: $0.digest)], predicateType: "https://spdx.dev/Document",
                predicate: .object(["name": .string("\(release.version)")]))
        }
    }
}

/// A reporter without evidence.
struct PlainReporter: ChangeReporting {
    func report(
        from old: VersionsLock, to new: VersionsLock, progress: @escaping ProgressSink
    ) async throws -> UpdateReport {
        UpdateReport(changes: ChangeSet(from: old, to: new), findings: [], consulted: [])
    }
}

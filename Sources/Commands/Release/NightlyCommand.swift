// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Engine
import Release
import Resolve
import SystemPackage

/// `nightly`: a release where Debian has updates of ours, and a signed word that somebody looked where it has none.
struct NightlyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nightly",
        abstract: "Release the packages that Debian updated, or say, signed, that there are none.",
        discussion: """
            Asks the archives' release files first, then the indices, and resolves only where those are new. Where \
            nothing of ours moved nothing is built: a heartbeat is signed and published, by which `run` can tell a quiet \
            archive from a nightly that died. Otherwise: a new lock, build, verify, and a patch release as `release` \
            makes it. What people wrote under Unreleased waits for a maintainer.

            An archive that went back in time, whose signature or digests are wrong or whose validity is over is \
            refused, and all stays as it is. For a timer of any kind; two at once do no harm.

            Exit status 0: released. 3: nothing to do. 75: try again (an archive is being updated, somebody else was \
            faster, a network, or it was told to end). Others: somebody has to look.

            EXAMPLES
              opencode-docker nightly --key env:RELEASE_KEY --format json
              opencode-docker nightly --dry-run
            """)

    @OptionGroup(title: "Release") var options: ReleaseOptions
    @OptionGroup(title: "Layers") var layers: CompressionOptions
    @OptionGroup(title: "Registry") var registries: RegistryOptions
    @OptionGroup(title: "Downloads") var downloads: DownloadOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    @Flag(
        name: .customLong("dry-run"),
        help: "Only look, and say what would be released. [environment: OPENCODE_DOCKER_DRY_RUN=1]")
    var dryRun = false

    @Flag(help: "Say why: the evidence for the version and for each advisory. [environment: OPENCODE_DOCKER_EXPLAIN=1]")
    var explain = false

    @Option(help: "The form of the answer. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = ReleaseFormat.text

    func run() async throws {
        ReleaseInterruption.begin()
        let environment = CommandEnvironment.current
        if !dryRun { try PrivateNamespace.enter(environment) }
        let context = try await ReleaseContext(options, layers, registries, downloads, environment)
        let request = try await context.request(.nightly)
        let isRehearsal = dryRun
        let outcome = try await console.withProgress(environment: environment.variables) { progress in
            try await context.night(request, isRehearsal: isRehearsal, progress: progress)
        }
        let report = NightlyReport(outcome, isRehearsal: dryRun)
        print(report.text(format, explain: explain), terminator: "")
        if outcome.planned == nil { throw ExitStatusRequest(status: .nothingToDo) }
    }
}

extension ReleaseContext {
    /// One night, or a look at what it would be.
    func night(
        _ request: ReleaseRequest, isRehearsal: Bool, progress: @escaping ProgressSink
    ) async throws -> NightlyOutcome {
        let look = await look()
        if isRehearsal { return try await look.run(request, progress: progress) }
        let key = try options.signingKey(environment)
        let night = NightlyRun(
            run: try releaseRun(key), look: look, heartbeats: HeartbeatPublisher(repository: repository, key: key),
            now: environment.now)
        return try await alone { try await night.run(request, progress: progress) }
    }

    private func look() async -> NightlyLook {
        let (store, environment, downloads, expired) = (store, environment, downloads, await ExpiryRule.ofMachine())
        let files = DefinitionFiles(
            directory: project.pushing(FilePath(ProjectState.definitionPath)).removingLastComponent())
        return NightlyLook(
            preflight: preflight, planner: planner,
            archives: {
                ArchiveWatch(
                    definition: $0, files: files, store: store, environment: environment, downloads: downloads,
                    expired: expired)
            }, memory: JournalDirectory(memory.appending("nightly")),
            heartbeat: LastHeartbeat(repository: repository, trusted: trusted, now: environment.now))
    }
}

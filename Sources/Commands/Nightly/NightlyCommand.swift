// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Engine
import Release
import Releasing

/// `nightly`: releases Debian's updates, or signs a heartbeat when there are none.
struct NightlyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nightly",
        abstract: "Release Debian's updates, or sign that there are none.",
        discussion: """
            Reads the archives' release files, then the indices, and resolves only when these are new. When no package \
            of the image changed, nothing is built: a heartbeat is signed and published, with which `run` detects a \
            stalled nightly job. Otherwise it makes a new lock, builds, verifies, and makes a patch release as \
            `release` does. Changes listed under Unreleased wait for a maintainer.

            An archive that is older than before, is expired, or has an invalid signature or digest is refused, and \
            nothing changes. Use any timer; two runs at the same time are safe.

            Exit status 0: released. 3: nothing to do. 75: try again (an archive update in progress, a concurrent \
            release, a network failure, or termination). Others: a maintainer has to look.

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
        help: "Only show what would be released. [environment: OPENCODE_DOCKER_DRY_RUN=1]")
    var dryRun = false

    @Flag(help: "Show the evidence for the version and for each advisory. [environment: OPENCODE_DOCKER_EXPLAIN=1]")
    var explain = false

    @Option(help: "The output format. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = OutputFormat.text

    func run() async throws {
        ReleaseInterruption.begin()
        let environment = CommandEnvironment.current
        if !dryRun { try PrivateNamespace.enter(environment) }
        let context = try await options.context(layers, downloads.host(environment), registries, environment)
        let request = try await context.request(.nightly)
        let key = dryRun ? nil : try options.signingKey(environment)
        let outcome = try await console.withProgress(environment: environment.variables) { progress in
            guard let key else { return try await context.rehearsedNight(request, progress: progress) }
            return try await context.night(request, key: key, progress: progress)
        }
        let report = NightlyReport(outcome, isRehearsal: dryRun)
        print(report.text(format, explain: explain), terminator: "")
        if outcome.planned == nil { throw ExitStatusRequest(status: .nothingToDo) }
    }
}

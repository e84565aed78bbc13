// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Changes
import Engine
import Release
import Releasing

/// `release`: publishes the next version, decided from the changes, completely or not at all.
struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Publish the next version, verified and signed.",
        discussion: """
            The version is decided from the changes since the last release: newer packages are a patch, additions and \
            stronger hardening a minor version, incompatible changes a major one. Weaker hardening is refused. The \
            image is built and verified; it is pushed by digest, signed and verified again as a user would, without a \
            tag. Then one push of the branch and the git tag makes it a release, and the image's tags follow. A run \
            that was killed, here or on another machine, is finished by the next one; SIGTERM ends it at once with \
            exit status 75.

            It needs a clean clone of the project with its whole history, a trust file (docs/trust.md), and the key. \
            Without a git remote the local branch is used. The last line on standard output is the image's digest.

            EXAMPLES
              opencode-docker release --plan --explain    show the next version, and why
              opencode-docker release --key ~/keys/release.key
              opencode-docker release minor --key env:RELEASE_KEY
              opencode-docker release --base --destination oci:../trial --key ../trial.key
              opencode-docker release --accept-weaker C09 --key ~/keys/release.key
            """)

    @Argument(help: .init("The minimum step: patch, minor or major.", valueName: "step"))
    var step: ReleaseStep?

    @OptionGroup(title: "Release") var options: ReleaseOptions
    @OptionGroup(title: "Layers") var layers: CompressionOptions
    @OptionGroup(title: "Registry") var registries: RegistryOptions
    @OptionGroup(title: "Downloads") var downloads: DownloadOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    @Flag(help: "Only show what would be done. [environment: OPENCODE_DOCKER_PLAN=1]")
    var plan = false

    @Flag(help: "Show the evidence for the version and for each advisory. [environment: OPENCODE_DOCKER_EXPLAIN=1]")
    var explain = false

    @Flag(
        name: .customLong("detailed-exitcode"),
        help: "Exit with status 3 when there is nothing to release. [environment: OPENCODE_DOCKER_DETAILED_EXITCODE=1]")
    var detailedExitCode = false

    @Option(
        name: .customLong("accept-weaker"),
        help: .init(
            """
            Accept weaker hardening that affects this claim only; may be repeated. The changelog lists it. \
            [environment: OPENCODE_DOCKER_ACCEPT_WEAKER]
            """, valueName: "claim"))
    var acceptWeaker: [String] = []

    @Option(help: "The output format. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = OutputFormat.text

    func run() async throws {
        ReleaseInterruption.begin()
        let environment = CommandEnvironment.current
        if !plan { try PrivateNamespace.enter(environment) }
        let context = try await options.context(layers, downloads.host(environment), registries, environment)
        var request = try await context.request(.maintainer)
        request.step = step?.step
        request.acceptedClaims = Set(acceptWeaker)
        let (asked, key) = (request, plan ? nil : try options.signingKey(environment))
        let report = try await console.withProgress(environment: environment.variables) { progress in
            guard let key else { return ReleaseReport(try await context.planned(asked, progress: progress)) }
            return ReleaseReport(try await context.released(asked, key: key, progress: progress))
        }
        print(report.text(format, explain: explain), terminator: "")
        if report.isNothing && detailedExitCode { throw ExitStatusRequest(status: .nothingToDo) }
    }
}

/// The step of the version.
enum ReleaseStep: String, ExpressibleByArgument, CaseIterable {
    case patch, minor, major

    var step: VersionStep {
        switch self {
        case .patch: .patch
        case .minor: .minor
        case .major: .major
        }
    }
}

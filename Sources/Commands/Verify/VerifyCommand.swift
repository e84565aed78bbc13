// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ClaimVerification
import Core
import Engine
import Verify

/// `verify`: checks that the image satisfies the claims of SECURITY.md.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Start the image and verify every security claim.",
        discussion: """
            Probes run from three vantage points: as the agent, as the container's root, and on the host. A claim is \
            green only when every one of its probes had exactly the expected outcome. Exit status 0: all green, 1: \
            not.

            EXAMPLES
              opencode-docker verify --base
              opencode-docker verify opencode-docker:1.0.0 --format json > report.json
              opencode-docker verify --format html --output report.html
              opencode-docker verify --base --profile strict
              opencode-docker verify --base --engine docker
              opencode-docker verify oci:some/layout:latest
            """)

    @OptionGroup(title: "Image") var image: ImageOptions
    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Downloads") var downloads: DownloadOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    @Argument(
        help: .init(
            "The image's name and tag; default: the image of versions.lock. Or any other image: oci:DIR[:TAG], docker-archive:FILE or oci-archive:FILE.",
            valueName: "image"))
    var name: String?

    @Flag(help: "Verify the image without the agent. [environment: OPENCODE_DOCKER_BASE=1]")
    var base = false

    @Option(
        help: .init(
            "The profile of image/hardening.yaml to start it with. [environment: OPENCODE_DOCKER_PROFILE]",
            valueName: "name"))
    var profile = "standard"

    @Option(help: "The output format. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = ReportFormat.table

    @Option(
        name: .shortAndLong,
        help: .init(
            """
            The output file; - is standard output. A file is written completely or not at all. [environment: \
            OPENCODE_DOCKER_OUTPUT]
            """, valueName: "file"), completion: .file())
    var output = "-"

    @Flag(
        help: """
            Do not install a package from the network inside the container. [environment: OPENCODE_DOCKER_OFFLINE=1]
            """)
    var offline = false

    func run() async throws {
        let environment = CommandEnvironment.current
        let choice = try await engine.choose(environment)
        try choice.enterNamespace(environment)
        let inputs = try image.inputs(environment)
        let asked = name ?? inputs.tag(base: base)
        let verification = Verification(
            of: .init(
                ImageUnderTest(asked), name: asked, platform: try image.chosenPlatform(environment), profile: profile),
            inputs: inputs, store: try Store(root: environment.storeDirectory), choice: choice,
            probes: try environment.probes(), installs: !offline,
            archives: try downloads.sources(environment).namedArchives(codename: inputs.lock.codename))
        let report = try await console.withProgress(environment: environment.variables) {
            try await verification.report(progress: $0)
        }
        try ReportPrinter(format: format, output: output, terminal: environment.standardOutput).print(report)
        if !report.passed { throw ExitStatusRequest(status: .no) }
    }
}

/// The output formats of a report.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    /// Text for people.
    case table
    /// JSON, `opencode-docker.verify/1`.
    case json
    /// One HTML page without external resources.
    case html
}

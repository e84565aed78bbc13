// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Engine
import ImageBuilding
import ImageComparison
import OCI

/// `reproduce`: checks that an image matches its lock.
///
/// A separate command, not an option of `build`: it answers a question with its exit status, and does not change the
/// store or the tags.
struct ReproduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Rebuild the image of versions.lock and compare it.",
        discussion: """
            The image is rebuilt from the packages in a temporary store without any cache, and compared with a digest, \
            with the image in a layout, or else with the image built here (when there is none, it is built twice). \
            When they differ, the first different path is shown with its package, the script that wrote it and the \
            bytes; the exit status is then 1.

            EXAMPLES
              opencode-docker reproduce --base
              opencode-docker reproduce --digest sha256:0123…
              opencode-docker reproduce oci:published:opencode-docker:1.0.0
              opencode-docker reproduce --base --format json
            """)

    @OptionGroup(title: "Image") var image: ImageOptions
    @OptionGroup(title: "Downloads") var downloads: DownloadOptions
    @OptionGroup(title: "Layers") var layers: CompressionOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    @Flag(help: "Rebuild the image without the agent. [environment: OPENCODE_DOCKER_BASE=1]")
    var base = false

    @OptionGroup var programFiles: ProgramFileOptions

    @Option(
        help: .init(
            "The expected digest. [environment: OPENCODE_DOCKER_DIGEST]", valueName: "sha256:hex"))
    var digest: String?

    @Option(help: "The output format. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = OutputFormat.text

    @Argument(help: .init("The expected image: oci:DIR[:TAG].", valueName: "image"))
    var reference: String?

    func validate() throws {
        if digest != nil && reference != nil { throw ValidationError("--digest and an image exclude each other.") }
        guard layers.compression != .both else {
            throw ValidationError("Only one compression can be compared: --compression gzip or zstd.")
        }
    }

    func run() async throws {
        let environment = CommandEnvironment.current
        let inputs = try image.inputs(environment)
        let platform = try image.chosenPlatform(environment)
        let compression = layers.compression?.kinds.first ?? .gzip
        let expectation = try Reproduction.Expectation(
            digest: digest, reference: reference, platform: platform, compression: compression)
        try PrivateNamespace.enter(environment)
        let reproduction = Reproduction(
            inputs: inputs, host: try downloads.host(environment),
            request: try inputs.contextRequest(
                platform: platform, base: base, artifacts: programFiles.artifact, compression: compression))
        let outcome = try await console.withProgress(environment: environment.variables) {
            try await reproduction.run(expecting: expectation, progress: $0)
        }
        print(format == .json ? outcome.json.pretty() : outcome.text, terminator: "")
        if !outcome.isSame { throw ExitStatusRequest(status: .no) }
    }
}

extension Reproduction.Expectation {
    /// The expected image of the command line.
    ///
    /// - Throws: `DigestError`, `CommandError`, `OCIError`.
    init(digest: String?, reference: String?, platform: Platform, compression: LayerCompression) throws {
        if let digest {
            self = .digest(try Digest(digest))
        } else if let reference {
            guard let layout = try LayoutReference(reference) else { throw CommandError.notALayout(reference) }
            self = .image(try layout.image(for: platform, preferring: compression))
        } else {
            self = .ownBuild
        }
    }
}

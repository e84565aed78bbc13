// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Build
import Core
import Engine

/// `reproduce`: is an image what its lock says?
///
/// A command of its own and no option of `build`: it answers a question, with an exit status, and leaves the store and
/// the tags as they are.
struct ReproduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Rebuild the image of versions.lock elsewhere and compare.",
        discussion: """
            The image is built again from the packages alone, in a place of its own without any cache, and compared with \
            a digest, with the image in a layout, or else with what was built here (when nothing was, it is built \
            twice). Where they differ, the first path is named, with its package, the script that wrote it and the \
            bytes; the exit status is 1 then.

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

    @Flag(help: "Stop at Debian alone, without the agent. [environment: OPENCODE_DOCKER_BASE=1]")
    var base = false

    @Option(
        help: .init(
            "Take a local file for an artifact instead of its download. [environment: OPENCODE_DOCKER_ARTIFACT]",
            valueName: "name=file"))
    var artifact: String?

    @Option(
        help: .init(
            "The digest that the image must have. [environment: OPENCODE_DOCKER_DIGEST]", valueName: "sha256:hex"))
    var digest: String?

    @Option(help: "The form of the answer. [environment: OPENCODE_DOCKER_FORMAT]")
    var format = ResultFormat.text

    @Argument(help: .init("An image to compare with: oci:DIR[:TAG].", valueName: "image"))
    var reference: String?

    func validate() throws {
        if digest != nil && reference != nil { throw ValidationError("--digest and an image exclude each other.") }
        guard layers.compression != .both else {
            throw ValidationError("One image is compared: --compression gzip or zstd.")
        }
    }

    func run() async throws {
        let environment = CommandEnvironment.current
        let inputs = try ImageInputs(image, environment)
        let platform = try image.chosenPlatform(environment)
        let compression = layers.compression?.kinds.first ?? .gzip
        let expectation = try Reproduction.Expectation(
            digest: digest, reference: reference, platform: platform, compression: compression)
        try PrivateNamespace.enter(environment)
        let reproduction = Reproduction(
            inputs: inputs, store: try Store(root: environment.storeDirectory), environment: environment,
            downloads: downloads,
            request: try inputs.contextRequest(
                platform: platform, base: base, artifact: artifact, compression: compression))
        let outcome = try await console.withProgress(environment: environment.variables) {
            try await reproduction.run(expecting: expectation, progress: $0)
        }
        print(format == .json ? outcome.json.pretty() : outcome.text, terminator: "")
        if !outcome.isSame { throw ExitStatusRequest(status: .no) }
    }
}

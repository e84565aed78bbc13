// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Build
import Core
import OCI

/// `build`: the image that versions.lock pins.
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build the image that versions.lock pins, without a daemon.",
        discussion: """
            Downloads are checked by digest, layers are cut straight from the .debs, and the packages are configured in \
            runc or crun without network. The same lock gives the same image, bit for bit. The last line on standard \
            output is the image's digest.

            EXAMPLES
              opencode-docker build --base
              opencode-docker build --tag registry.example/team/opencode:1.0.0
              opencode-docker build --base --output docker-archive:image.tar && docker load -i image.tar
              opencode-docker build --artifact opencode=opencode-linux-x64.tar.gz
            """)

    @OptionGroup(title: "Image") var image: ImageOptions
    @OptionGroup(title: "Downloads") var downloads: DownloadOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    @Flag(help: "Stop at Debian alone, without the agent. [environment: OPENCODE_DOCKER_BASE=1]")
    var base = false

    @Option(
        name: .shortAndLong,
        help: .init(
            "A name and tag for the image; may be repeated. [environment: OPENCODE_DOCKER_TAG]", valueName: "name:tag"))
    var tag: [String] = []

    @Option(
        name: .shortAndLong,
        help: .init(
            "Also write it to oci:DIR or docker-archive:FILE; may be repeated. [environment: OPENCODE_DOCKER_OUTPUT]",
            valueName: "kind:path"))
    var output: [String] = []

    @Option(
        help: .init(
            "Take a local file for an artifact instead of its download. [environment: OPENCODE_DOCKER_ARTIFACT]",
            valueName: "name=file"))
    var artifact: String?

    func run() async throws {
        let surroundings = Surroundings.current
        let outputs = try output.map { try OutputDestination($0) }
        let inputs = try ImageInputs(image, surroundings)
        let store = try Store(root: surroundings.storeFolder)
        let pipeline = BuildPipeline(
            inputs: inputs, store: store, surroundings: surroundings, downloads: downloads,
            request: try inputs.contextRequest(
                platform: image.chosenPlatform(surroundings), base: base, artifact: artifact))
        let built = try await console.withProgress(environment: surroundings.environment) {
            try await pipeline.run(progress: $0)
        }
        let publication = Publication(
            store: store, tags: tag.isEmpty ? [inputs.tag(base: base)] : tag, outputs: outputs, epoch: inputs.lock.epoch
        )
        try publication.publish(built.image)
        print(built.image.descriptor.digest)
    }
}

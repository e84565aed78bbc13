// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Build
import Core
import Engine
import OCI

/// `build`: the image that versions.lock pins.
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build the image that versions.lock pins.",
        discussion: """
            Downloads are checked by digest, layers are cut straight from the .debs, and the packages are configured in \
            runc or crun without network. The same lock gives the same image, bit for bit. Docker or Podman build the \
            same files and settings from the same context, where that is wanted. The last line on standard output is \
            the image's digest.

            EXAMPLES
              opencode-docker build --base
              opencode-docker build --tag registry.example/team/opencode:1.0.0 --load
              opencode-docker build --base --output docker-archive:image.tar
              opencode-docker build --tag registry.example/team/opencode:1.0.0 --push
              opencode-docker build --base --engine podman
              opencode-docker build --artifact opencode=opencode-linux-x64.tar.gz
            """)

    @OptionGroup(title: "Image") var image: ImageOptions
    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Downloads") var downloads: DownloadOptions
    @OptionGroup(title: "Registries") var registries: RegistryOptions
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

    @Flag(
        help: "Also load it into Docker, or into Podman where there is no Docker. [environment: OPENCODE_DOCKER_LOAD=1]"
    )
    var load = false

    @Flag(help: "Also push it to the registries its tags name. [environment: OPENCODE_DOCKER_PUSH=1]")
    var push = false

    @Option(
        help: .init(
            "Take a local file for an artifact instead of its download. [environment: OPENCODE_DOCKER_ARTIFACT]",
            valueName: "name=file"))
    var artifact: String?

    func run() async throws {
        let surroundings = Surroundings.current
        let outputs = try output.map { try OutputDestination($0) }
        let inputs = try ImageInputs(image, surroundings)
        let request = try inputs.contextRequest(
            platform: image.chosenPlatform(surroundings), base: base, artifact: artifact)
        let choice = try await engine.choose(surroundings)
        if choice.commandLine != nil { try choice.enterNamespace(surroundings) }
        let store = try Store(root: surroundings.storeFolder)
        let tags = tag.isEmpty ? [inputs.tag(base: base)] : tag
        if push { try checkPush(tags, choice) }
        let digest = try await console.withProgress(environment: surroundings.environment) { progress in
            if let note = choice.note { progress(.note(note)) }
            guard let other = choice.commandLine else {
                let publication = Publication(store: store, tags: tags, outputs: outputs, epoch: inputs.lock.epoch)
                let pipeline = BuildPipeline(
                    inputs: inputs, store: store, surroundings: surroundings, downloads: downloads, request: request)
                let built = try await pipeline.run(progress: progress)
                try publication.publish([built.image])
                if load { try await publication.load(built.image, surroundings, progress: progress) }
                if push {
                    try await publication.push(registries.settings(surroundings), progress: progress)
                }
                return built.image.descriptor.digest.description
            }
            return try await EngineBuild(
                inputs: inputs, store: store, surroundings: surroundings, downloads: downloads, request: request,
                engine: other, tags: tags, outputs: outputs
            ).run(progress: progress)
        }
        print(digest)
    }

    /// Before anything is built for nothing.
    private func checkPush(_ tags: [String], _ choice: EngineChoice) throws {
        if let other = choice.commandLine {
            throw CommandError.pushOfEngine(other.dialect.program)
        }
        try Pushing.check(tags.map { try ImageReference($0) })
    }
}

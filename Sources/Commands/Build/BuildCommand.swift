// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Assembly
import Context
import Core
import ImageBuilding
import ImageDefinition
import OCI
import Registry

/// `build`: builds the image that versions.lock pins.
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build the image that versions.lock pins.",
        discussion: """
            Downloads are verified by digest, layers are built directly from the .debs, and the packages are \
            configured in runc or crun without network. The same lock gives the same image, bit for bit. With \
            --engine, Docker or Podman build the same files and settings from the same context. Packages of another \
            architecture are configured under qemu. The last line on standard output is the digest of the image, or of \
            the index of several platforms or compressions.

            With --cache, layers and the results of the packages' scripts are shared through a repository, by the \
            digest of their inputs. Whoever can write to the repository decides the contents of the image; `reproduce` \
            builds without the cache and detects manipulated layers.

            EXAMPLES
              opencode-docker build --base
              opencode-docker build --tag registry.example/team/opencode:1.0.0 --load
              opencode-docker build --base --output docker-archive:image.tar
              opencode-docker build --base --compression gzip,zstd --output oci:image
              opencode-docker build --tag registry.example/team/opencode:1.0.0 --push
              opencode-docker build --base --engine podman
              opencode-docker build --platform linux/amd64,linux/arm64 --output oci:images
              opencode-docker build --base --cache registry.example/team/opencode-cache
              opencode-docker build --artifact opencode=opencode-linux-x64.tar.gz
            """)

    @OptionGroup(title: "Image") var image: ImageOptions
    @OptionGroup(title: "Engine") var engine: EngineOptions
    @OptionGroup(title: "Downloads") var downloads: DownloadOptions
    @OptionGroup(title: "Layers") var layers: CompressionOptions
    @OptionGroup(title: "Registries") var registries: RegistryOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    @Flag(help: "Build the image without the agent. [environment: OPENCODE_DOCKER_BASE=1]")
    var base = false

    @Option(
        name: .shortAndLong,
        help: .init(
            "A name and tag of the image, besides its default name; may be repeated. [environment: OPENCODE_DOCKER_TAG]",
            valueName: "name:tag"))
    var tag: [String] = []

    @OptionGroup var places: OutputOptions

    @Flag(help: "Also push the image to the registries of its tags. [environment: OPENCODE_DOCKER_PUSH=1]")
    var push = false

    @Option(
        help: .init(
            """
            A repository for shared layers: registry/path or oci:DIR; everyone who can write to it must be trusted. \
            [environment: OPENCODE_DOCKER_CACHE]
            """, valueName: "ref"))
    var cache: String?

    @OptionGroup var programFiles: ProgramFileOptions

    func run() async throws {
        let environment = CommandEnvironment.current
        let destinations = try places.destinations()
        let inputs = try image.inputs(environment)
        try checkTags(inputs, environment)
        let requests = try requests(of: inputs, environment)
        var outputs = BuildOutputs(tags: tag.isEmpty ? [inputs.tag(base: base)] : tag, destinations: destinations)
        let choice = try await engine.choose(environment)
        let caches = try caches(environment)
        if let other = choice.commandLine { try checkOptions(with: other.dialect.program, requests) }
        if push { try Pushing.check(outputs.tags.map { try ImageReference($0) }) }
        if choice.commandLine != nil { try choice.enterNamespace(environment) }
        outputs.localTag = inputs.tag(base: base)
        outputs.loads = places.load
        outputs.pushes = push ? registries.settings(environment) : nil
        let build = RequestedBuild(
            inputs: inputs, host: try downloads.host(environment), choice: choice, requests: requests,
            outputs: outputs, cache: caches)
        print(try await console.withProgress(environment: environment.variables) { try await build.run(progress: $0) })
    }

    /// Refuses a tag that is the default name of another image, which `run` would then start instead of that; in any of
    /// the spellings by which Docker and Podman know it.
    private func checkTags(_ inputs: ImageInputs, _ environment: CommandEnvironment) throws {
        guard !tag.isEmpty else { return }
        let own = inputs.tag(base: base)
        var others = [inputs.tag(base: !base)]
        if let stock = environment.stockDefinition,
            let definition = try? ImageDefinition.load(stock.appending("image.yaml"))
        {
            let name = LocalImageName(of: definition, in: stock, stock: stock)
            others += [name.tag(base: false), name.tag(base: true)]
        }
        for text in tag {
            let reference = try ImageReference(text)
            guard reference.digest == nil else { throw CommandError.digestAsTag(text) }
            let name = reference.localName
            let isDerived = LocalImageName.isDerived(name, from: inputs.definition.name)
            if name != own, isDerived || others.contains(name) { throw CommandError.reservedTag(text) }
        }
    }

    private var compression: CompressionChoice { layers.compression ?? .gzip }

    /// One request for each platform and compression.
    private func requests(of inputs: ImageInputs, _ environment: CommandEnvironment) throws -> [ContextRequest] {
        try image.chosenPlatforms(environment).flatMap { platform in
            try compression.kinds.map {
                try inputs.contextRequest(
                    platform: platform, base: base, artifacts: programFiles.artifact, compression: $0)
            }
        }
    }

    /// The repository of `--cache`, once for each compression.
    private func caches(_ environment: CommandEnvironment) throws -> [LayerCompression: any LayerCache]? {
        guard let cache else { return nil }
        let settings = registries.settings(environment)
        return try compression.kinds.reduce(into: [:]) {
            $0[$1] = try RepositoryLayerCache(cache, settings: settings, compression: $1)
        }
    }

    /// Refuses options that Docker and Podman do not support, before anything is built.
    private func checkOptions(with program: String, _ requests: [ContextRequest]) throws {
        if compression != .gzip {
            throw ImageBuildingError.outputOfEngine("--compression \(compression.text)", program)
        }
        if cache != nil { throw CommandError.cacheOfEngine(program) }
        if push { throw CommandError.pushOfEngine(program) }
        guard requests.count == 1 else { throw ImageBuildingError.severalPlatforms("'\(program)'") }
    }
}

extension RepositoryLayerCache {
    /// The cache of the command line, `registry/path` or `oci:DIR`.
    ///
    /// - Throws: As `RepositoryPlace(new:)`; `CommandError.taggedCache`.
    init(_ text: String, settings: RegistrySettings, compression: LayerCompression) throws {
        let place = try RepositoryPlace(new: text)
        guard place.isRepository else { throw CommandError.taggedCache(text) }
        self.init(name: text, compression: compression) { try await place.open(for: $0, settings) }
    }
}

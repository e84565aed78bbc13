// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Engine
import ImageBuilding
import OCI
import Registry

/// `pull`: pulls an image from a registry, unchanged.
struct PullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Pull an image from a registry or a directory.",
        discussion: """
            Every blob is verified against its digest. With --verify, the image must be signed for this name by a key \
            of the trust file, and must not be older than the version verified here before (docs/trust.md); without \
            it, no signature is verified. The image is stored under its name, and written to the other outputs. Of an \
            image with gzip and zstd, the smaller one is pulled. An interrupted pull is resumed. The last line on \
            standard output is the digest.

            EXAMPLES
              opencode-docker pull registry.example/opencode:1.0.0
              opencode-docker pull registry.example/opencode@sha256:… --output oci:directory
              opencode-docker pull registry.example/opencode:1 --platform linux/arm64
              opencode-docker pull registry.example/opencode:1.0.0 --load --format json
              opencode-docker pull registry.example/opencode:1.0.0 --verify --require-fresh
              opencode-docker pull oci:airgap:1.0.0 --verify
            """)

    @Argument(help: .init("The image: registry/path:tag, registry/path@sha256:… or oci:DIR[:TAG].", valueName: "image"))
    var image: String

    @Option(
        help: .init(
            "The image's platform: linux/amd64, linux/arm64 or all. [environment: OPENCODE_DOCKER_PLATFORM]",
            valueName: "platform"))
    var platform: String?

    @OptionGroup var places: OutputOptions

    @Option(help: .init("The output format: text or json. [environment: OPENCODE_DOCKER_FORMAT]", valueName: "format"))
    var format = OutputFormat.text

    @Flag(help: "Require a signature of a key in the trust file. [environment: OPENCODE_DOCKER_VERIFY=1]")
    var verify = false

    @OptionGroup(title: "Trust") var trust: TrustOptions
    @OptionGroup(title: "Registries") var registries: RegistryOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    func run() async throws {
        let environment = CommandEnvironment.current
        let outputs = try places.destinations()
        let place = try RepositoryPlace(existing: image)
        let platform = try chosenPlatform()
        if verify, try trust.file(environment) == nil { throw CommandError.noTrustFile }
        let store = try Store(root: environment.storeDirectory)
        let settings = registries.settings(environment)
        let pulled = try await console.withProgress(environment: environment.variables) { progress in
            let source = try await place.open(for: .reading, settings.telling(progress))
            let name = try await manifestName(place, in: source, environment, progress: progress)
            let pulled = try await ImagePull(from: source, into: store).pull(
                name, platform: platform, progress: progress)
            let publication = Publication(store: store, tags: place.localNames, destinations: outputs, epoch: 0)
            _ = try publication.publish(pulled.images, progress: progress)
            if places.load, let image = pulled.image(for: platform ?? Platform.machine) {
                try await publication.load([image], environment.variables, progress: progress)
            }
            return pulled
        }
        print(text(pulled))
    }

    /// The name to pull: the verified digest with `--verify`.
    private func manifestName(
        _ place: RepositoryPlace, in source: any BlobSource, _ environment: CommandEnvironment,
        progress: @escaping ProgressSink
    ) async throws -> ManifestName {
        guard verify else { return try place.manifestName() }
        let verified = try await trust.verified(
            place, in: source, for: try chosenPlatform() ?? Platform.machine, environment,
            progress: progress)
        return .digest(verified.digest)
    }

    /// The platform to pull; `nil` for all.
    private func chosenPlatform() throws -> Platform? {
        if platform == "all" { return nil }
        return try platform.map { try Platform($0) } ?? Platform.machine
    }

    private func text(_ pulled: PulledImage) -> String {
        guard format == .json else { return pulled.digest.description }
        let images = pulled.images.map { image in
            let size = image.blobs.reduce(0) { $0 + $1.size }
            return JSONValue.object([
                "platform": .string(image.platform.description), "digest": .string(image.digest.description),
                "size": .integer(Int64(clamping: size)),
            ])
        }
        let value = JSONValue.object([
            "image": .string(image), "digest": .string(pulled.digest.description), "images": .array(images),
        ])
        return String(decoding: value.canonical(), as: UTF8.self)
    }
}

extension PulledImage {
    /// The image for that platform, or the only one.
    fileprivate func image(for platform: Platform) -> Image? {
        images.first { $0.platform == platform } ?? (images.count == 1 ? images.first : nil)
    }
}

extension RepositoryPlace {
    /// The local names of the pulled image.
    fileprivate var localNames: [String] {
        switch self {
        case .registry(let reference):
            reference.tag == nil && reference.digest == nil ? ["\(reference):latest"] : [reference.description]
        case .layout(_, let tag): [tag].compactMap(\.self)
        }
    }
}

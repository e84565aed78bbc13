// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Build
import Core
import ImageBuilding
import OCI
import Registry
import SystemPackage

/// `push`: pushes a locally built image to registries.
struct PushCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "push",
        abstract: "Push a locally built image to registries.",
        discussion: """
            Without destinations the image is pushed to the repository of its name. Existing blobs are not sent again, \
            large ones are sent in chunks, and an interrupted push is resumed. Credentials are those of `docker login` \
            and `podman login`. Tags are written last. The last line on standard output is the image's digest.

            EXAMPLES
              opencode-docker push registry.example/team/opencode:1.0.0
              opencode-docker push opencode-docker:1.0.0-base localhost:5000/test:1
              opencode-docker push oci:release:1.0.0 registry.example/opencode:1.0.0
              opencode-docker push opencode-docker:1.0.0 r.example/a:1.0 r.example/a:1
            """)

    @Argument(help: .init("A locally built image, or oci:DIR[:TAG].", valueName: "image"))
    var image: String

    @Argument(help: .init("The destination: registry/path:tag.", valueName: "destination"))
    var destinations: [String] = []

    @Option(help: .init("The output format: text or json. [environment: OPENCODE_DOCKER_FORMAT]", valueName: "format"))
    var format = OutputFormat.text

    @OptionGroup(title: "Registries") var registries: RegistryOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    func run() async throws {
        let environment = CommandEnvironment.current
        let store = try Store(root: environment.storeDirectory)
        let references = try (destinations.isEmpty ? [image] : destinations).map { try ImageReference($0) }
        let source = try source(in: store)
        let settings = registries.settings(environment)
        let report = try await console.withProgress(environment: environment.variables) { progress in
            try await Pushing(
                source: LayoutRepository(root: source.directory, name: source.directory.string), name: source.name,
                store: store, settings: settings.telling(progress)
            ).run(to: references, progress: progress)
        }
        print(report.text(format))
    }

    /// The layout with the image, and its name there.
    private func source(in store: Store) throws -> (directory: FilePath, name: ManifestName) {
        if case .layout(let directory, let tag) = try? RepositoryPlace(existing: image) {
            return (directory, try RepositoryPlace.layout(directory, tag: tag).manifestName())
        }
        _ = try LayoutReference(image)
        let name = try ImageReference(image).description
        guard try ImageLayout(root: store.imagesDirectory).tags().contains(name) else {
            throw BuildError.unknownImage(image)
        }
        return (store.imagesDirectory, .tag(name))
    }
}

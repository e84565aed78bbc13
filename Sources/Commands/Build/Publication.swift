// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import OCI
import Registry
import SystemPackage

/// Names a built image in the images of the store, and writes it where else it was asked for.
struct Publication {
    let store: Store
    let tags: [String]
    let outputs: [OutputDestination]
    let epoch: Int64

    /// - Throws: `OCIError` for a tag that is no reference, `FileError`.
    func publish(_ images: [Image]) throws {
        let references = try tags.map { try ImageReference($0) }
        _ = try ImageLayout(root: store.imagesFolder).publish(images, tags: names(references), from: store)
        for output in outputs {
            switch output {
            case .layout(let folder):
                _ = try ImageLayout(root: folder).publish(images, tags: names(references), from: store)
            case .dockerArchive(let file):
                guard let image = images.first, images.count == 1 else {
                    throw CommandError.severalPlatforms(file.string)
                }
                try writeArchive(image, archiveNames(references), to: file)
            }
        }
    }

    /// Loads it into Docker, or into Podman where there is no Docker.
    ///
    /// - Throws: `EngineError`.
    func load(_ image: Image, _ surroundings: Surroundings, progress: ProgressSink) async throws {
        let hasDocker = CommandLineEngine.isInstalled(.docker, environment: surroundings.environment)
        let engine = try await CommandLineEngine.find(
            hasDocker ? .docker : .podman, environment: surroundings.environment)
        progress(.began(step: "load", total: nil, unit: .items))
        try await ImageLoading(
            store: store, image: image, references: archiveNames(tags.map { try ImageReference($0) }), epoch: epoch
        )
        .load(into: engine)
        progress(.ended(step: "load", summary: "\(tags.joined(separator: ", ")) in \(engine.dialect.program)"))
    }

    /// Pushes it to the registries that its names are in.
    ///
    /// - Throws: `RegistryError`, `OCIError`, `FileError`, `CancellationError`.
    func push(_ settings: RegistrySettings, progress: @escaping ProgressSink) async throws {
        let references = try tags.map { try ImageReference($0) }
        guard let first = references.first else { return }
        let layout = LayoutRepository(root: store.imagesFolder, name: first.description)
        _ = try await Pushing(source: layout, name: .tag(first.description), store: store, settings: settings)
            .run(to: references, progress: progress)
    }

    private func names(_ references: [ImageReference]) -> [String] { references.map(\.description) }

    /// An engine computes digests itself: a name that has one goes without it, and is none without a tag.
    private func archiveNames(_ references: [ImageReference]) throws -> [ImageReference] {
        try references.compactMap { reference in
            guard reference.digest != nil else { return reference }
            return try reference.tag.map {
                try ImageReference(registry: reference.registry, repository: reference.repository, tag: $0)
            }
        }
    }

    private func writeArchive(_ image: Image, _ references: [ImageReference], to path: FilePath) throws {
        _ = try FileOrStandardOutput(path.string).write { sink in
            try DockerArchive.write(image, references: references, from: store, created: epoch, to: sink)
        }
    }
}

extension Store {
    /// The image layout with everything that was built here, by tag.
    var imagesFolder: FilePath { root.appending("images") }
}

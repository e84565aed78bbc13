// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import OCI
import SystemPackage

/// Names a built image in the images of the store, and writes it where else it was asked for.
struct Publication {
    let store: Store
    let tags: [String]
    let outputs: [OutputDestination]
    let epoch: Int64

    /// - Throws: `OCIError` for a tag that is no reference, `FileError`.
    func publish(_ image: Image) throws {
        let references = try tags.map { try ImageReference($0) }
        _ = try ImageLayout(root: store.imagesFolder).publish([image], tags: names(references), from: store)
        for output in outputs {
            switch output {
            case .layout(let folder):
                _ = try ImageLayout(root: folder).publish([image], tags: names(references), from: store)
            case .dockerArchive(let file): try writeArchive(image, references, to: file)
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
            store: store, image: image, references: tags.map { try ImageReference($0) }, epoch: epoch
        )
        .load(into: engine)
        progress(.ended(step: "load", summary: "\(tags.joined(separator: ", ")) in \(engine.dialect.program)"))
    }

    private func names(_ references: [ImageReference]) -> [String] { references.map(\.description) }

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

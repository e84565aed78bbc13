// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import OCI

/// Loads a built image into Docker or Podman.
package struct ImageLoading: Sendable {
    private let store: Store
    private let image: Image
    private let references: [ImageReference]
    private let epoch: Int64

    /// Loads `image` under the names `references`.
    package init(store: Store, image: Image, references: [ImageReference], epoch: Int64) {
        self.store = store
        self.image = image
        self.references = references
        self.epoch = epoch
    }

    /// Loads the image, unless the engine has it under these names.
    ///
    /// - Throws: `EngineError`, `OCIError`, `FileError`.
    package func load(into engine: CommandLineEngine) async throws {
        let id = image.manifest.config.digest.description
        for reference in references where try await engine.image(reference.familiar) != id {
            let isLayout = engine.dialect == .docker
            let (image, store, references, epoch) = (image, store, references, epoch)
            return try await engine.load { sink in
                try DockerArchive.write(
                    image, references: references, from: store, created: epoch, isLayout: isLayout, to: sink)
            }
        }
    }
}

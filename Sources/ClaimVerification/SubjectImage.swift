// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import Engine
import ImageBuilding
import OCI
import SystemPackage
import Verify

/// The image to verify, on the engine that starts it.
struct SubjectImage: Sendable {
    /// The engine that starts it.
    let engine: any ContainerEngine
    /// Its digest in the report.
    let digest: Digest
    /// Its execution settings.
    let execution: ImageConfiguration.Execution
    /// Its layers as directories, lowest first; empty for other engines.
    let trees: [FilePath]
    /// Its layers for the report; unknown for an engine's own image.
    let composition: ImageComposition?

    /// The UID of its first process; this project's images start as root and change to the user.
    var userID: UInt32 = 0
    var groupID: UInt32 = 0

    /// An image whose layers are directories, on the embedded engine.
    static func embedded(_ image: TestedImage, on engine: EmbeddedEngine) -> SubjectImage {
        SubjectImage(
            engine: engine, digest: image.digest, execution: image.configuration.config, trees: image.trees,
            composition: image.composition, userID: image.userID, groupID: image.groupID)
    }

    /// The image of that name in Docker or Podman, which is loaded from the store when the engine does not have it.
    ///
    /// - Throws: `BuildError.unknownImage`, `EngineError`.
    static func inEngine(
        _ engine: CommandLineEngine, named name: String, built: BuiltImage?, store: Store, epoch: Int64,
        progress: ProgressSink
    ) async throws -> SubjectImage {
        let reference = try ImageReference(name)
        if let built, try await engine.image(reference.familiar) == nil {
            progress(.note("Loading \(name) into \(engine.dialect.program)."))
            try await ImageLoading(store: store, image: built.image, references: [reference], epoch: epoch)
                .load(into: engine)
        }
        guard let id = try await engine.image(reference.familiar) else { throw BuildError.unknownImage(name) }
        let digest = try Digest(id)
        let own = built.flatMap { built in
            // Newer engines identify an image by its manifest, older ones by its configuration.
            [built.image.manifest.config.digest, built.image.descriptor.digest].contains(digest) ? built.image : nil
        }
        if own == nil, built != nil {
            progress(
                .note(
                    "\(engine.dialect.program) has another image named \(name) than the store; its own is verified."))
        }
        let launcher = try await CommandLineLauncher(
            engine: engine, settings: ContainerSettings(image: id, health: .off), scratch: store.root.appending("run"))
        return SubjectImage(
            engine: launcher, digest: own?.descriptor.digest ?? digest, execution: try await engine.execution(of: id),
            trees: [], composition: own.map { ImageComposition($0, name: name) })
    }
}

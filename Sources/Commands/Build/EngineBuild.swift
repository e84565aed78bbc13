// SPDX-License-Identifier: Apache-2.0

import Context
import Core
import Engine
import OCI
import SystemPackage

/// Builds an image in Docker or Podman: the context is streamed to their own builder.
///
/// The image has the same files and settings as the embedded engine's, but another digest: no engine accepts the
/// creation time of a layer.
struct EngineBuild: Sendable {
    let inputs: ImageInputs
    let store: Store
    let environment: CommandEnvironment
    let downloads: DownloadOptions
    let request: ContextRequest
    let engine: CommandLineEngine
    let tags: [String]
    let outputs: [OutputDestination]

    /// Returns the image's ID.
    ///
    /// - Throws: `EngineError`, `CommandError.outputOfEngine`, errors of the context.
    func run(progress: @escaping ProgressSink) async throws -> String {
        let names = try tags.map { try ImageReference($0).familiar }
        let files = try outputs.map(file)
        downloads.noteIgnored(environment, progress: progress)
        let context = try await store.withBuildLock(progress: progress) {
            try await downloads.contextPreparer(
                lock: inputs.lock, store: store, environment: environment
            )
            .prepareForArchive(request, progress: progress)
        }
        progress(.began(step: "build", total: nil, unit: .items))
        let archive = ContextArchive(store: store)
        let lock = inputs.lock.serialized()
        let id = try await engine.build(
            tags: names, platform: foreignPlatform, scratch: store.root.appending("run")
        ) { sink in
            try archive.write(context, lock: lock, to: sink)
        }
        for file in files { try await engine.save(names.first ?? id, to: file) }
        progress(.ended(step: "build", summary: "\(names.joined(separator: ", ")) in \(engine.dialect.program)"))
        return id
    }

    /// `nil` for the engine's native platform, which the engine reports best itself.
    private var foreignPlatform: String? {
        request.platform == .machine ? nil : request.platform.description
    }

    private func file(_ output: OutputDestination) throws(CommandError) -> FilePath {
        switch output {
        case .dockerArchive(let file): file
        case .layout(let directory): throw .outputOfEngine("oci:\(directory)", engine.dialect.program)
        }
    }
}

/// Loads a built image into Docker or Podman.
struct ImageLoading: Sendable {
    let store: Store
    let image: Image
    let references: [ImageReference]
    let epoch: Int64

    /// Loads the image, unless the engine has it under these names.
    ///
    /// - Throws: `EngineError`, `OCIError`, `FileError`.
    func load(into engine: CommandLineEngine) async throws {
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

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
package struct EngineBuild: Sendable {
    private let inputs: ImageInputs
    private let host: BuildHost
    private let request: ContextRequest
    private let engine: CommandLineEngine
    private let outputs: BuildOutputs

    /// Creates a build by `engine`.
    package init(
        inputs: ImageInputs, host: BuildHost, request: ContextRequest, engine: CommandLineEngine,
        outputs: BuildOutputs
    ) {
        self.inputs = inputs
        self.host = host
        self.request = request
        self.engine = engine
        self.outputs = outputs
    }

    /// Returns the image's ID.
    ///
    /// - Throws: `EngineError`, `ImageBuildingError.outputOfEngine`, errors of the context.
    package func run(progress: @escaping ProgressSink) async throws -> String {
        let names = try outputs.localTags.map { try ImageReference($0).familiar }
        let files = try outputs.destinations.map(file)
        host.sources.noteIgnored(progress: progress)
        for line in try request.entrypointWarnings() { progress(.warning(line)) }
        let context = try await host.store.withBuildLock(progress: progress) {
            try await host.contextPreparer(lock: inputs.lock).prepareForArchive(request, progress: progress)
        }
        progress(.began(step: "build", total: nil, unit: .items))
        let archive = ContextArchive(store: host.store)
        let lock = inputs.lock.serialized()
        let id = try await engine.build(
            tags: names, platform: foreignPlatform, scratch: host.store.root.appending("run")
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

    private func file(_ output: OutputDestination) throws(ImageBuildingError) -> FilePath {
        switch output {
        case .dockerArchive(let file): file
        case .layout(let directory): throw .outputOfEngine("oci:\(directory)", engine.dialect.program)
        }
    }
}

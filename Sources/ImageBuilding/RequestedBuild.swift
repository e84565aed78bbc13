// SPDX-License-Identifier: Apache-2.0

import Assembly
import Context
import Core
import Engine
import OCI

/// Builds the requested images with the chosen engine, and publishes them.
package struct RequestedBuild: Sendable {
    private let inputs: ImageInputs
    private let host: BuildHost
    private let choice: EngineChoice
    private let requests: [ContextRequest]
    private let outputs: BuildOutputs
    private let cache: [LayerCompression: any LayerCache]?

    /// Creates a build.
    ///
    /// - Parameters:
    ///   - requests: One for each image: by platform, gzip before zstd; Docker and Podman build the first one.
    ///   - cache: The caches of shared layers by compression; `nil` for none, and for Docker and Podman.
    package init(
        inputs: ImageInputs, host: BuildHost, choice: EngineChoice, requests: [ContextRequest],
        outputs: BuildOutputs, cache: [LayerCompression: any LayerCache]?
    ) {
        self.inputs = inputs
        self.host = host
        self.choice = choice
        self.requests = requests
        self.outputs = outputs
        self.cache = cache
    }

    /// Returns the digest of the image or the index; of Docker and Podman the image's ID.
    ///
    /// - Throws: `ImageBuildingError`, errors of the stages and the engine, `FileError`.
    package func run(progress: @escaping ProgressSink) async throws -> String {
        if let note = choice.note { progress(.note(note)) }
        if let engine = choice.commandLine, let request = requests.first {
            return try await EngineBuild(
                inputs: inputs, host: host, request: request, engine: engine, outputs: outputs
            ).run(progress: progress)
        }
        return try await EmbeddedBuild(
            inputs: inputs, host: host, requests: requests, outputs: outputs, cache: cache
        ).run(progress: progress).description
    }
}

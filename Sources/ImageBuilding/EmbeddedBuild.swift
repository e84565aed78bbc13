// SPDX-License-Identifier: Apache-2.0

import Assembly
import Context
import Core
import OCI
import Registry

/// Builds one image, or an index with one image for each platform and compression, without a daemon.
package struct EmbeddedBuild: Sendable {
    private let inputs: ImageInputs
    private let host: BuildHost
    private let requests: [ContextRequest]
    private let outputs: BuildOutputs
    private let cache: [LayerCompression: any LayerCache]?

    /// Creates a build.
    ///
    /// - Parameters:
    ///   - requests: One for each image: by platform, gzip before zstd.
    ///   - cache: The caches of shared layers by compression; `nil` for none.
    package init(
        inputs: ImageInputs, host: BuildHost, requests: [ContextRequest], outputs: BuildOutputs,
        cache: [LayerCompression: any LayerCache]? = nil
    ) {
        self.inputs = inputs
        self.host = host
        self.requests = requests
        self.outputs = outputs
        self.cache = cache
    }

    /// Builds the missing images and publishes all of them; returns the digest of the image or the index.
    ///
    /// - Throws: Errors of the stages; `ImageBuildingError.severalPlatforms`, `OCIError`, `FileError`.
    package func run(progress: @escaping ProgressSink) async throws -> Digest {
        let publication = Publication(
            store: host.store, tags: outputs.tags, storeTags: outputs.localTags, destinations: outputs.destinations,
            epoch: inputs.lock.epoch)
        try publication.check(platforms: requests.map(\.platform), loads: outputs.loads)
        let pipelines = requests.map {
            BuildPipeline(inputs: inputs, host: host, request: $0, cache: cache?[$0.compression])
        }
        // Before any output, because the program is executed again in the namespace.
        if try pipelines.contains(where: { try !$0.isDone }) {
            try host.enterNamespace()
            host.sources.noteIgnored(progress: progress)
        }
        for line in Set(try requests.flatMap { try $0.entrypointWarnings() }).sorted() { progress(.warning(line)) }
        var images: [Image] = []
        for pipeline in pipelines {
            if pipelines.count > 1 {
                progress(.note("For \(pipeline.request.platform), \(pipeline.request.compression.rawValue):"))
            }
            images.append(try await pipeline.run(progress: progress).image)
        }
        let digest = try publication.publish(images, progress: progress)
        if inputs.localName.isDerived {
            progress(.note("Named \(outputs.localTags.joined(separator: ", ")); `name` in image.yaml is another's."))
        }
        if outputs.loads { try await publication.load(images, host.environment, progress: progress) }
        if let pushes = outputs.pushes { try await publication.push(pushes.telling(progress), progress: progress) }
        return digest
    }
}

// SPDX-License-Identifier: Apache-2.0

import Assembly
import Context
import Core
import Engine
import OCI
import Registry

/// Builds one image, or an index with one image for each platform and compression, without a daemon.
struct EmbeddedBuild: Sendable {
    let inputs: ImageInputs
    let store: Store
    let environment: CommandEnvironment
    let downloads: DownloadOptions
    /// One for each image: by platform, gzip before zstd.
    let requests: [ContextRequest]
    let tags: [String]
    let outputs: [OutputDestination]
    /// Whether the image is also loaded into Docker or Podman.
    let loads: Bool
    /// The settings for pushing to the registries of the tags; `nil` for no push.
    let pushes: RegistrySettings?
    /// The caches of shared layers by compression; `nil` for none.
    let cache: [LayerCompression: any LayerCache]?

    /// Builds the missing images and publishes all of them; returns the digest of the image or the index.
    ///
    /// - Throws: Errors of the stages; `CommandError.severalPlatforms`, `OCIError`, `FileError`.
    func run(progress: @escaping ProgressSink) async throws -> Digest {
        let publication = Publication(store: store, tags: tags, outputs: outputs, epoch: inputs.lock.epoch)
        try publication.check(platforms: requests.map(\.platform), loads: loads)
        let pipelines = requests.map {
            BuildPipeline(
                inputs: inputs, store: store, environment: environment, downloads: downloads, request: $0,
                cache: cache?[$0.compression])
        }
        // Before any output, because the program is executed again in the namespace.
        if try pipelines.contains(where: { try !$0.isDone }) {
            try PrivateNamespace.enter(environment)
            downloads.noteIgnored(environment, progress: progress)
        }
        var images: [Image] = []
        for pipeline in pipelines {
            if pipelines.count > 1 {
                progress(.note("For \(pipeline.request.platform), \(pipeline.request.compression.rawValue):"))
            }
            images.append(try await pipeline.run(progress: progress).image)
        }
        let digest = try publication.publish(images, progress: progress)
        if loads { try await publication.load(images, environment, progress: progress) }
        if let pushes { try await publication.push(pushes, progress: progress) }
        return digest
    }
}

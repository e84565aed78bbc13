// SPDX-License-Identifier: Apache-2.0

import Assembly
import Context
import Core
import Engine
import OCI
import Registry

/// From the definition and the lock to one image, or to an index of one image for each platform and compression,
/// without a daemon.
struct EmbeddedBuild: Sendable {
    let inputs: ImageInputs
    let store: Store
    let environment: CommandEnvironment
    let downloads: DownloadOptions
    /// One for each image: by platform, gzip before zstd.
    let requests: [ContextRequest]
    let tags: [String]
    let outputs: [OutputDestination]
    /// Whether it is loaded into Docker or Podman, too.
    let loads: Bool
    /// How it is pushed to the registries of its tags; `nil` when it is not.
    let pushes: RegistrySettings?
    /// Where layers of each compression are shared; `nil` where they are not.
    let cache: [LayerCompression: any LayerCache]?

    /// Builds what is not there yet and publishes all of it; gives the digest of the image or of the index.
    ///
    /// - Throws: What the stages throw; `CommandError.severalPlatforms`, `OCIError`, `FileError`.
    func run(progress: @escaping ProgressSink) async throws -> Digest {
        let publication = Publication(store: store, tags: tags, outputs: outputs, epoch: inputs.lock.epoch)
        try publication.check(platforms: requests.map(\.platform), loads: loads)
        let pipelines = requests.map {
            BuildPipeline(
                inputs: inputs, store: store, environment: environment, downloads: downloads, request: $0,
                cache: cache?[$0.compression])
        }
        // Before the first word: the program begins anew in there.
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

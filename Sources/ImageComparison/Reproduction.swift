// SPDX-License-Identifier: Apache-2.0

import Build
import Context
import Core
import ImageBuilding
import OCI
import SystemPackage

/// Rebuilds an image without caches and compares it with the expected one.
package struct Reproduction: Sendable {
    private let inputs: ImageInputs
    private let host: BuildHost
    private let request: ContextRequest

    /// Creates a reproduction of the image of `request`.
    package init(inputs: ImageInputs, host: BuildHost, request: ContextRequest) {
        (self.inputs, self.host, self.request) = (inputs, host, request)
    }

    /// The expected image.
    package enum Expectation: Sendable {
        /// The image built here, or else a second rebuild.
        case ownBuild
        /// A digest only.
        case digest(Digest)
        /// An image.
        case image(PlacedImage)
    }

    /// Rebuilds the image and compares it.
    ///
    /// - Throws: Errors of building and comparing.
    package func run(expecting expectation: Expectation, progress: @escaping ProgressSink) async throws -> Outcome {
        try await withScratchStore { scratchStore in
            let tracer = host.tracer()
            let rebuilt = try await build(in: scratchStore, tracer: tracer, progress: progress)
            let here = PlacedImage(image: rebuilt.image, root: scratchStore.root)
            let finder = ScriptFinder(trees: rebuilt.trees, tracer: tracer)
            switch try resolve(expectation) {
            case .image(let image):
                return try DifferenceReport(rebuilt: here, expected: image, finder: finder).outcome()
            case .digest(let digest): return Outcome(rebuilt: here.image.digest, expected: digest)
            case .ownBuild:
                progress(.note("No image was built here from this lock: it is built twice."))
                return try await withScratchStore { second in
                    let other = host.tracer()
                    let again = try await build(in: second, tracer: other, progress: progress)
                    let image = PlacedImage(image: again.image, root: second.root)
                    return try DifferenceReport(rebuilt: here, expected: image, finder: finder).outcome()
                }
            }
        }
    }

    /// Finds the expected image in the store, if possible.
    private func resolve(_ expectation: Expectation) throws -> Expectation {
        let records = BuildRecords(store: host.store)
        let known: BuiltImage? =
            switch expectation {
            case .ownBuild: records.image(builtFrom: try request.key())
            case .digest(let digest): records.image(manifest: digest)
            case .image: nil
            }
        return known.map { .image(PlacedImage(image: $0.image, root: host.store.root)) } ?? expectation
    }

    private func build(
        in scratchStore: Store, tracer: ConfigureTracer, progress: @escaping ProgressSink
    ) async throws -> BuiltImage {
        try await BuildPipeline(inputs: inputs, host: host.with(scratchStore), request: request, tracer: tracer)
            .run(progress: progress)
    }

    /// Runs `body` with a temporary store that contains the downloads, hashed again, and nothing built from them.
    private func withScratchStore<Result>(_ body: (Store) async throws -> Result) async throws -> Result {
        let directory = host.store.root.appending("tmp").appending("reproduce-\(Files.uniqueSuffix())")
        defer { try? Files.removeTree(directory) }
        let scratchStore = try Store(root: directory)
        let packages = inputs.lock.architectures[request.platform.architecture] ?? []
        for digest in packages.map(\.sha256) + inputs.lock.artifacts.map(\.sha256) where host.store.contains(digest) {
            try scratchStore.hardLink(digest, from: host.store)
        }
        return try await body(scratchStore)
    }
}

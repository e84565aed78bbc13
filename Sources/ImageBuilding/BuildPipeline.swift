// SPDX-License-Identifier: Apache-2.0

import Assembly
import Build
import Context
import Core
import Engine

/// Builds an image in the store from the definition and the lock; does nothing when it exists.
package struct BuildPipeline: Sendable {
    private let inputs: ImageInputs
    private let host: BuildHost
    let request: ContextRequest
    private let tracer: ConfigureTracer
    private let cache: (any LayerCache)?

    /// Creates a pipeline.
    ///
    /// - Parameters:
    ///   - tracer: Records which script writes which files in the configure step.
    ///   - cache: A cache of shared layers; `nil` for none.
    package init(
        inputs: ImageInputs, host: BuildHost, request: ContextRequest, tracer: ConfigureTracer? = nil,
        cache: (any LayerCache)? = nil
    ) {
        self.inputs = inputs
        self.host = host
        self.request = request
        self.tracer = tracer ?? host.tracer()
        self.cache = cache
    }

    private var store: Store { host.store }

    /// Whether the image exists already; then no cache is queried.
    ///
    /// - Throws: Errors of reading the inputs.
    var isDone: Bool { get throws { try known(builtFrom: request.key()) != nil } }

    /// Builds the image or finds it in the store.
    ///
    /// Only one build at a time uses a store; another one waits, and then usually finds everything built.
    package func run(progress: @escaping ProgressSink) async throws -> BuiltImage {
        let key = try request.key()
        if let known = try known(builtFrom: key) {
            progress(.note("Nothing changed: the image is already built."))
            return known
        }
        try host.enterNamespace()
        return try await store.withBuildLock(progress: progress) {
            if let known = try known(builtFrom: key) { return known }
            let built = try await build(progress: progress)
            try BuildRecords(store: store).remember(built, builtFrom: key)
            return built
        }
    }

    /// The existing image. Package files next to the definition are still read, so that a build that succeeds here
    /// succeeds elsewhere.
    private func known(builtFrom key: Digest) throws -> BuiltImage? {
        guard cache == nil, let known = BuildRecords(store: store).image(builtFrom: key) else { return nil }
        for package in try request.packages() where package.isLocal {
            try LocalPackages.verify(package.path, package.sha256, in: request.imageDirectory)
        }
        return known
    }

    private func build(progress: @escaping ProgressSink) async throws -> BuiltImage {
        let engine = try await EmbeddedEngine.find(scratch: store.root.appending("run"))
        progress(.note("Configuring with \(engine.runtime.name) \(engine.runtime.version) (\(engine.runtime.path))."))
        let context = try await host.contextPreparer(lock: inputs.lock, cache: cache ?? NoLayerCache())
            .prepare(request, beforeUnpacking: { try checkEmulation(engine) }, progress: progress)
        return try await Builder(
            store: store, engine: engine, workers: host.workers, compression: request.compression,
            tracer: tracer, cache: cache ?? NoLayerCache()
        ).build(context, progress: progress)
    }

    /// Checks at the start for the emulator that maintainer scripts of another architecture need.
    private func checkEmulation(_ engine: EmbeddedEngine) throws {
        _ = try Emulation.find(for: request.platform, scratch: engine.scratch)
    }
}

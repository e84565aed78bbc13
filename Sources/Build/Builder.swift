// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import Engine
import OCI

/// The `build` stage: from a context to an image in the store, without a daemon.
package struct Builder: Sendable {
    private let store: Store
    private let engine: EmbeddedEngine
    private let workers: Int
    private let packer: LayerPacker
    private let witness: ConfigureWitness?
    private let cache: any LayerCache

    /// A stage that configures packages with `engine` and packs layers with `workers` cores in `compression`; `witness` notes
    /// who wrote what in the configure step, where that runs: not where `cache` has its result.
    package init(
        store: Store, engine: EmbeddedEngine, workers: Int, compression: LayerCompression,
        witness: ConfigureWitness? = nil, cache: any LayerCache = NoLayerCache()
    ) {
        self.cache = cache
        self.witness = witness
        packer = LayerPacker(store: store, compression: compression)
        self.store = store
        self.engine = engine
        self.workers = workers
    }

    /// Builds the image of `context`.
    ///
    /// The packages' layers are packed while their scripts run: that takes one core, packing the others.
    ///
    /// - Throws: `BuildError`, `EngineError`, `ArchiveError`, `FileError`.
    package func build(_ context: BuildContext, progress: @escaping ProgressSink) async throws -> BuiltImage {
        async let packed = pack(context.packageLayers, workers: workers - 1, progress: progress)
        let state = try await state(of: context, progress: progress)
        let overlays = try ([context.rootfs] + (context.agent.map { [$0] } ?? [])).map { try $0.cut(in: store) }
        let upper = [state.usr, state.system] + overlays
        let layers = try await packed + upper.concurrentMap(limit: workers) { [packer] in try packer.pack($0) }
        try await cache.offer(context.packageLayers + [state.usr, state.system], from: store, progress: progress)
        let image = try compose(context, names: (context.packageLayers + upper).map(\.name), layers)
        return BuiltImage(image: image, trees: (context.packageLayers + upper).map(\.tree))
    }

    private func pack(
        _ layers: [CutLayer], workers: Int, progress: @escaping ProgressSink
    ) async throws -> [Layer] {
        let step = "pack"
        progress(.began(step: step, total: UInt64(layers.count), unit: .items))
        let packed = try await layers.concurrentMap(limit: workers) { [packer] layer in
            let packed = try packer.pack(layer)
            progress(.advanced(step: step, by: 1, detail: layer.name))
            return packed
        }
        let bytes = packed.reduce(0) { $0 + $1.descriptor.size }
        progress(.ended(step: step, summary: "\(layers.count) layers, \(bytes / 1_000_000) MB"))
        return packed
    }

    private func state(of context: BuildContext, progress: @escaping ProgressSink) async throws -> StateHarvest.Parts {
        let harvest = StateHarvest(store: store, epoch: context.epoch)
        let key = context.stateKey
        if let cached = harvest.cached(key) { return cached }
        try await cache.bring(harvest.wanted(key), into: store, progress: progress)
        if let brought = harvest.cached(key) { return brought }
        let seed = try context.seed.cut(in: store)
        return try await ConfigureStep(
            engine: engine, store: store, platform: try context.configuration.platform(), witness: witness
        )
        .run(over: context.packageLayers + [seed], progress: progress) { upper in
            try harvest.take(upper: upper, seed: seed, over: context.packageLayers, key: key)
        }
    }

    private func compose(_ context: BuildContext, names: [String], _ layers: [Layer]) throws -> Image {
        var configuration = context.configuration
        configuration.history = names.map { name in
            .init(created: configuration.created, createdBy: "opencode-docker build: \(name)")
        }
        return try Image.compose(layers: layers, configuration: configuration, annotations: [:], into: store)
    }
}

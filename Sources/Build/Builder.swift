// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import Engine
import OCI
import SystemPackage

/// The `build` stage: from a context to an image in the store, without a daemon.
package struct Builder: Sendable {
    private let store: Store
    private let engine: EmbeddedEngine
    private let workers: Int
    private let packer: LayerPacker
    private let tracer: ConfigureTracer
    private let cache: any LayerCache

    /// Creates a stage that configures packages with `engine` and packs layers with `workers` cores in `compression`;
    /// `tracer` records which script wrote which file when the configure step runs. It does not run when the store or
    /// `cache` has its result.
    package init(
        store: Store, engine: EmbeddedEngine, workers: Int, compression: LayerCompression,
        tracer: ConfigureTracer, cache: any LayerCache = NoLayerCache()
    ) {
        self.cache = cache
        self.tracer = tracer
        packer = LayerPacker(store: store, compression: compression)
        self.store = store
        self.engine = engine
        self.workers = workers
    }

    /// Builds the image of `context`.
    ///
    /// The packages' layers are packed while the scripts run: those take one core, packing takes the others.
    ///
    /// - Throws: `BuildError`, `EngineError`, `ArchiveError`, `FileError`.
    package func build(_ context: BuildContext, progress: @escaping ProgressSink) async throws -> BuiltImage {
        async let packed = pack(context.packageLayers, workers: workers - 1, progress: progress)
        let state = try await state(of: context, progress: progress)
        let rootfs = try context.rootfs.build(in: store)
        try report(on: state, of: context, progress: progress)
        let upper = [state.usr, state.system, rootfs] + context.programs
        let layers = try await packed + upper.concurrentMap(limit: workers) { [packer] in try packer.pack($0) }
        try await cache.push(context.packageLayers + [state.usr, state.system], from: store, progress: progress)
        let image = try compose(context, names: (context.packageLayers + upper).map(\.name), layers)
        return BuiltImage(image: image, trees: (context.packageLayers + upper).map(\.tree))
    }

    /// Warns about files in the state layers that should not be in an image; also for layers from a cache.
    private func report(
        on state: StateHarvest.Parts, of context: BuildContext, progress: ProgressSink
    ) throws {
        let trees = [state.usr.tree, state.system.tree]
        let packages = context.packageLayers.map(\.tree)
        let findings = try SecretSearch(state: trees, packages: packages).findings()
        let report = SecretReport(finder: ScriptFinder(trees: packages + trees, tracer: tracer))
        try report.warnings(about: findings).forEach { progress(.warning($0)) }
        let variation = Variation(
            packages: context.packageLayers.flatMap(\.packages).map(\.name), found: findings.map { "/\($0.path)" })
        if let line = variation.note { progress(.warning(line)) }
    }

    private func pack(
        _ layers: [CachedLayer], workers: Int, progress: @escaping ProgressSink
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
        try await cache.fetch(harvest.wanted(key), into: store, progress: progress)
        if let fetched = harvest.cached(key) { return fetched }
        return try await configure(context, plan: context.plan, seed: context.seed, harvest, progress: progress)
    }

    /// Runs the configure step. When its result differs from dpkg's, dpkg unpacks the affected packages and the step
    /// runs again; remaining differences are the work of those packages' scripts.
    private func configure(
        _ context: BuildContext, plan: UnpackPlan, seed: Overlay, _ harvest: StateHarvest, rounds: Int = 3,
        progress: @escaping ProgressSink
    ) async throws -> StateHarvest.Parts {
        func again(_ differences: [String: String], rounds: Int) async throws -> StateHarvest.Parts {
            for (name, path) in differences.sorted(by: { $0.key < $1.key }) {
                progress(.note("\(name) needs dpkg's own unpacking because of '\(path)'; its scripts run once more."))
            }
            let earlier = plan.reasons.compactMapValues { reason in
                if case .differed(let path) = reason { path } else { nil }
            }
            let next = try UnpackPlan(
                for: PackageFiles(of: context.packageLayers), differed: earlier.merging(differences) { $1 })
            return try await configure(
                context, plan: next, seed: try context.seedOfPlan(next), harvest, rounds: rounds, progress: progress)
        }
        let outcome = try await configureOnce(context, plan, seed, harvest, isLast: rounds == 1, progress: progress)
        switch outcome {
        case .done(let parts): return parts
        case .needsDpkg(let needed):
            let name = plan.files.packages.first { $0.facts.qualifiedName == needed.package }?.facts.name
            guard let name, plan.reasons[name] == nil else {
                throw BuildError.otherFile(package: needed.package, path: needed.path)
            }
            return try await again([name: needed.path], rounds: rounds)
        case .differs(let differences): return try await again(differences, rounds: rounds - 1)
        }
    }

    /// The result of one run of the configure step.
    private enum Outcome {
        case done(StateHarvest.Parts)
        /// Packages with a path that differs from dpkg's database.
        case differs([String: String])
        /// A package that needs dpkg's own unpacking.
        case needsDpkg(NeededUnpacking)
    }

    private func configureOnce(
        _ context: BuildContext, _ plan: UnpackPlan, _ seed: Overlay, _ harvest: StateHarvest, isLast: Bool,
        progress: @escaping ProgressSink
    ) async throws -> Outcome {
        try await context.fetch(plan)
        let (seed, layers, key) = (try seed.build(in: store), context.packageLayers, context.stateKey)
        return try await ConfigureStep(
            engine: engine, store: store, platform: try context.configuration.platform(), tracer: tracer
        )
        .run(over: layers + [seed], progress: progress) { ending in
            let upper: FilePath
            switch ending {
            case .needsDpkg(let needed): return .needsDpkg(needed)
            case .configured(let directory): upper = directory
            }
            var changes = try harvest.changes(in: upper, seed: seed, over: layers)
            let audit = try FileAudit(changes, plan: plan)
            let differences = try audit.differences()
            guard differences.isEmpty else {
                if isLast, let (name, path) = differences.min(by: { $0.key < $1.key }) {
                    throw BuildError.otherFile(package: name, path: path)
                }
                return .differs(differences)
            }
            for path in try audit.changedByScripts() {
                progress(.note("Changed by a maintainer script or by image/configure: \(path)"))
            }
            for line in changes.lost.lines(where: { changes.entries[$0] != nil }) { progress(.warning(line)) }
            try RepeatedFiles(of: plan, over: layers).remove(from: &changes)
            return .done(try harvest.take(changes, key: key))
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

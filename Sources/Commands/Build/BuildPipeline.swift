// SPDX-License-Identifier: Apache-2.0

import Assembly
import Build
import Context
import Core
import Engine

/// From the definition and the lock to an image in the store: nothing when nothing changed, else context and build.
struct BuildPipeline: Sendable {
    let inputs: ImageInputs
    let store: Store
    let environment: CommandEnvironment
    let downloads: DownloadOptions
    let request: ContextRequest
    /// Sees who writes what in the configure step.
    var tracer = ConfigureTracer(now: CommandEnvironment.coarseClock)
    /// Layers that were made elsewhere; `nil` shares nothing.
    var cache: (any LayerCache)?

    /// Whether there is nothing to do: a cache may lack what is here.
    ///
    /// - Throws: What reading the inputs throws.
    var isDone: Bool { get throws { try known(builtFrom: request.key()) != nil } }

    /// The image, built now or found.
    ///
    /// One build at a time works in a store; another one waits, and then mostly finds everything done.
    func run(progress: @escaping ProgressSink) async throws -> BuiltImage {
        let key = try request.key()
        if let known = known(builtFrom: key) {
            progress(.note("Nothing changed: the image is already built."))
            return known
        }
        try PrivateNamespace.enter(environment)
        return try await store.withBuildLock(progress: progress) {
            if let known = known(builtFrom: key) { return known }
            let built = try await build(progress: progress)
            try BuildRecords(store: store).remember(built, builtFrom: key)
            return built
        }
    }

    private func known(builtFrom key: Digest) -> BuiltImage? {
        cache == nil ? BuildRecords(store: store).image(builtFrom: key) : nil
    }

    private func build(progress: @escaping ProgressSink) async throws -> BuiltImage {
        let engine = try await EmbeddedEngine.find(scratch: store.root.appending("run"))
        progress(.note("Configuring with \(engine.runtime.name) \(engine.runtime.version) (\(engine.runtime.path))."))
        let context = try await downloads.contextPreparer(
            lock: inputs.lock, store: store, environment: environment, cache: cache ?? NoLayerCache()
        ).prepare(request, beforeUnpacking: { try checkEmulation(engine) }, progress: progress)
        return try await Builder(
            store: store, engine: engine, workers: environment.cores, compression: request.compression,
            tracer: tracer, cache: cache ?? NoLayerCache()
        ).build(context, progress: progress)
    }

    /// Scripts of another processor's packages need an emulator: found missing before all else, not minutes later.
    private func checkEmulation(_ engine: EmbeddedEngine) throws {
        _ = try Emulation.find(for: request.platform, scratch: engine.scratch)
    }
}

extension PrivateNamespace {
    /// Runs the program anew in a private namespace, unless that has happened; returns only inside one.
    static func enter(_ environment: CommandEnvironment) throws {
        guard !isEntered(environment: environment.variables) else { return }
        try reexecute(arguments: CommandLine.arguments, environment: environment.variables)
    }
}

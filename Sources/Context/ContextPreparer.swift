// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import Lockfile
import OCI
import Transport

/// The `context` stage: collects all inputs of an image, so that later stages need no network.
package struct ContextPreparer: Sendable {
    private let store: Store
    private let downloader: Downloader
    private let mirrors: Mirrors
    private let workers: Int
    private let cache: any LayerCache

    /// Creates a stage that downloads from `mirrors` into `store` and unpacks with `workers` cores; layers in `cache`
    /// are neither downloaded nor unpacked.
    package init(
        store: Store, downloader: Downloader, mirrors: Mirrors, workers: Int, cache: any LayerCache = NoLayerCache()
    ) {
        self.cache = cache
        self.store = store
        self.downloader = downloader
        self.mirrors = mirrors
        self.workers = workers
    }

    /// Prepares the context of `request`.
    ///
    /// - Parameter beforeUnpacking: Called before packages are downloaded or unpacked; not called when there are none.
    ///   Its errors prevent that work.
    /// - Throws: `TransportError.unavailable` when a download fails, `ContextError`, `AssemblyError` for packages that
    ///   do not match the lock, and errors of invalid packages.
    package func prepare(
        _ request: ContextRequest, beforeUnpacking: () throws -> Void = {}, progress: @escaping ProgressSink
    ) async throws -> BuildContext {
        let packages = try request.packages()
        let local = LocalPackages(directory: request.imageDirectory, store: store)
        for package in packages where package.isLocal { try local.take(package.path, package.sha256) }
        let rootfs = try request.rootFileSystem().overlay()
        let places = ProgramPlaces(of: request.programs)
        try places.check(rootfs)
        let programs = try await programs(of: request, progress: progress)
        let layers = try await packageLayers(of: packages, request, beforeUnpacking, progress: progress)
        for package in layers.flatMap(\.packages) {
            for path in package.passing {
                progress(
                    .note("Not in the image, because nothing lasts there: '\(path)' of the package '\(package.name)'."))
            }
        }
        let plan = try UnpackPlan(for: PackageFiles(of: layers))
        try places.check(plan.files)
        return BuildContext(
            platform: request.platform, packageLayers: layers, plan: plan,
            seed: try seed(of: request, packages, plan),
            rootfs: rootfs, programs: programs,
            configuration: try ConfigurationWriter(request: request).configuration(),
            epoch: request.lock.epoch,
            seedOfPlan: { plan in try seed(of: request, packages, plan) },
            fetch: { plan in
                let names = Set(plan.byDpkg.map(\.name))
                try await fetch(packages.filter { names.contains($0.name.text) }, progress: progress)
            })
    }

    /// Prepares a context with all files that its archive contains: the archive's recipient has no store.
    ///
    /// - Throws: As `prepare`.
    package func prepareForArchive(_ request: ContextRequest, progress: @escaping ProgressSink) async throws
        -> BuildContext
    {
        let context = try await prepare(request, progress: progress)
        try await context.fetch(context.plan)
        return context
    }

    /// The seed, with the packages that dpkg unpacks; their files are not needed when the state comes from a cache.
    private func seed(
        of request: ContextRequest, _ packages: [LockedPackage], _ plan: UnpackPlan
    ) throws -> Overlay {
        try Seed(request: request, packages: packages, plan: plan, store: store).overlay()
    }

    private func packageLayers(
        of packages: [LockedPackage], _ request: ContextRequest, _ beforeUnpacking: () throws -> Void,
        progress: @escaping ProgressSink
    ) async throws -> [CachedLayer] {
        let builder = LayerBuilder(store: store, filter: request.filter, workers: workers)
        let plan = LayerPlan.layers(for: packages)
        try await cache.fetch(builder.missing(of: plan), into: store, progress: progress)
        let needed = plan.filter { !builder.isCached($0) }.flatMap(\.packages)
        if !needed.isEmpty { try beforeUnpacking() }
        try await fetch(needed, progress: progress)
        let layers = try await builder.build(plan, progress: progress)
        // Also checks layers that were built for another lock.
        try SelectionCheck(
            of: layers.flatMap(\.packages), locked: packages, architecture: request.platform.architecture
        )
        .check()
        return layers
    }

    private func programs(of request: ContextRequest, progress: @escaping ProgressSink) async throws -> [CachedLayer] {
        let artifacts = try request.programs.map { try ProgramArtifact($0, of: request) }
        for artifact in artifacts {
            if let file = request.programFiles[artifact.program.name] { try artifact.takeIn(file, store: store) }
        }
        try await fetch(artifacts, progress: progress)
        return try await artifacts.concurrentMap(limit: workers) { [store] in try $0.layer(in: store) }
    }

    private func fetch(_ artifacts: [ProgramArtifact], progress: @escaping ProgressSink) async throws {
        do {
            try await fetch(artifacts.map(\.download), step: "fetch programs", progress: progress)
        } catch let error as TransportError {
            guard case .unavailable(let failed) = error else { throw error }
            let names = artifacts.filter { artifact in failed.contains { $0.name == artifact.download.name } }
                .map(\.program.name)
            throw error.isDamage
                ? ContextError.changedPrograms(names, error) : .unreachablePrograms(names, error)
        }
    }

    private func fetch(_ packages: [LockedPackage], progress: @escaping ProgressSink) async throws {
        do {
            try await fetch(packages.map(mirrors.download), step: "fetch", progress: progress)
        } catch let error as TransportError {
            guard case .unavailable(let failed) = error, let name = failed.first?.name,
                let package = packages.first(where: { mirrors.download($0).name == name }), !package.isDebian
            else { throw error }
            throw ContextError.unreachablePackage(repository: package.base, error)
        }
    }

    private func fetch(_ downloads: [Download], step: String, progress: @escaping ProgressSink) async throws {
        let missing = downloads.filter { download in
            download.digest.map { !store.contains($0, size: download.size) } ?? true
        }
        guard !missing.isEmpty else { return }
        _ = try await downloader.fetch(missing, step: step, progress: progress)
    }
}

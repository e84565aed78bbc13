// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile

extension Resolver {
    /// The dependency closure for one architecture.
    func solve(
        for architecture: Architecture, _ request: ResolveRequest, _ releases: [VerifiedRelease],
        previous: VersionsLock?, _ update: UpdateScope, progress: @escaping ProgressSink
    ) async throws -> SolvedArchitecture {
        let (pool, solver) = try await choice(for: architecture, request, releases, progress: progress)
        let locked = previous?.architectures[architecture.rawValue] ?? []
        let pins = pins(locked, update, solver, fixed: request.pins, progress: progress)
        try check(releases, solver, architecture)
        let solution = try solver.solve(
            request.packages + localNames(request.files, for: architecture), pins: pins, exclusions: request.exclusions,
            recommending: request.recommending)
        let tiers = LayerTier.tiers(of: solution, previous: locked, updatedSources: pool.hotSources)
        let packages = solution.map { package in
            LockedPackage(package, from: pool.origins[package.record.archive] ?? ("debian", nil), tiers: tiers)
        }
        let keptBack = request.pins.compactMap { name, version in
            solver.newest(name, in: ["\(request.codename)-security"])
                .flatMap { $0.order(to: version) > 0 ? (name, $0) : nil }
        }
        return SolvedArchitecture(packages: packages, keptBack: Dictionary(uniqueKeysWithValues: keptBack))
    }

    /// Checks that repositories have the packages that the definition selects from them.
    private func check(
        _ releases: [VerifiedRelease], _ solver: Solver, _ architecture: Architecture
    ) throws {
        for release in releases {
            for name in (release.archive.repository?.preferred ?? []).sorted()
            where solver.newest(name, in: [release.archive.title]) == nil {
                throw ResolveError.notInRepository(
                    name.text, repository: release.archive.base, architecture: architecture.rawValue)
            }
        }
    }

    /// The available packages: those of the archives, and pinned versions from snapshots.
    private func choice(
        for architecture: Architecture, _ request: ResolveRequest, _ releases: [VerifiedRelease],
        progress: @escaping ProgressSink
    ) async throws -> (PackagePool, Solver) {
        var pool = PackagePool()
        // Debian's archives come first: a repository's packages are compared with them.
        let debiansFirst =
            releases.filter { $0.archive.repository == nil } + releases.filter { $0.archive.repository != nil }
        for release in debiansFirst {
            for index in try release.indices(architecture) {
                let index = try PackagesIndex(
                    archive: release.archive.title, file: "\(release.archive.title)/\(index.path)",
                    reading: store.path(of: index.plain.digest), standing: release.standing)
                pool.add(index, (release.archive.base, nil))
            }
        }
        if let local = try localIndex(request.files) { pool.add(local, (LockedPackage.localBase, nil)) }
        var solver = Solver(try PackageUniverse(pool.indices, architecture: architecture))
        let gone = solver.unavailable(request.pins)
        for name in gone {
            guard let version = request.pins[name] else { continue }
            let pin = WantedVersion(
                name: name, version: version, architecture: architecture, others: solver.versions(of: name))
            let past = try await past(of: pin, codename: request.codename, progress: progress)
            pool.add(past.index, (past.base, past.time.description))
        }
        if !gone.isEmpty { solver = Solver(try PackageUniverse(pool.indices, architecture: architecture)) }
        return (pool, solver)
    }

    /// The packages that keep the version of the previous lock, and `fixed`, which the definition pins.
    private func pins(
        _ locked: [LockedPackage], _ update: UpdateScope, _ solver: Solver, fixed: [PackageName: DebianVersion],
        progress: ProgressSink
    ) -> [PackageName: DebianVersion] {
        var pins = Dictionary(locked.map { ($0.name, $0.version) }) { first, _ in first }.merging(fixed) { $1 }
        var named: Set<PackageName> = []
        switch update {
        case .all: return fixed
        case .missing: break
        case .only(let names):
            let sources = Set(locked.filter { names.contains($0.name) || names.contains($0.source) }.map(\.source))
            named = Set(names).union(locked.filter { sources.contains($0.source) }.map(\.name))
        }
        let gone = Set(solver.unavailable(pins)).subtracting(named)
        let moving = solver.forced(by: named.union(gone), pins: pins, fixed: Set(fixed.keys))
        note(gone, "is no longer in the archive in the locked version", progress)
        note(moving.subtracting(named).subtracting(gone), "has to be updated with the others", progress)
        for name in moving { pins[name] = nil }
        return pins
    }

    private func note(_ names: Set<PackageName>, _ what: String, _ progress: ProgressSink) {
        for name in names.sorted() { progress(.note("\(name) \(what).")) }
    }
}

extension VerifiedRelease {
    /// The precedence of its packages.
    fileprivate var standing: PackagesIndex.Standing {
        archive.repository.map { .repository(preferred: $0.preferred) } ?? .debian
    }
}

extension LockedPackage {
    fileprivate init(
        _ package: SolvedPackage, from origin: PackagePool.Origin, tiers: [PackageName: LayerTier]
    ) {
        let record = package.record
        self.init(
            name: record.name, version: record.version, architecture: record.architecture, source: record.source,
            sourceVersion: record.sourceVersion, sha256: record.sha256, size: record.size,
            installedSize: record.installedSize, path: record.path, base: origin.base,
            tier: tiers[record.source] ?? .stable,
            reason: package.reason.description, snapshot: origin.snapshot,
            isEssential: record.isEssential && package.reason != .essential
                && !LockedArchive.pools.contains(origin.base))
    }
}

/// The available packages for one architecture, and the origin of each index.
private struct PackagePool {
    /// The pool, and the snapshot time of a pinned version; nil for the current state.
    typealias Origin = (base: String, snapshot: String?)

    private(set) var indices: [PackagesIndex] = []
    private(set) var origins: [String: Origin] = [:]

    /// Sources that have had security updates.
    var hotSources: Set<String> {
        indices.filter { $0.archive.hasSuffix("-security") }.reduce(into: Set()) { $0.formUnion($1.sources()) }
    }

    mutating func add(_ index: PackagesIndex, _ origin: Origin) {
        indices.append(index)
        origins[index.archive] = origin
    }
}

extension LayerTier {
    /// The installed size in KiB from which a source gets a layer of its own.
    static let aloneFrom: UInt64 = 24 << 10

    /// The tier of each source: that of the previous lock, if any; else `alone` for a big source, `hot` for one that
    /// has had a security update, `stable` for the others.
    static func tiers(
        of solution: [SolvedPackage], previous: [LockedPackage], updatedSources: Set<String>
    ) -> [PackageName: LayerTier] {
        let frozen = Dictionary(previous.map { ($0.source, $0.tier) }) { first, _ in first }
        var sizes: [PackageName: UInt64] = [:]
        for package in solution {
            let sum = sizes[package.record.source, default: 0].addingReportingOverflow(package.record.installedSize)
            sizes[package.record.source] = sum.overflow ? .max : sum.partialValue
        }
        return Dictionary(
            uniqueKeysWithValues: sizes.map { source, size in
                let fresh: LayerTier =
                    size >= aloneFrom ? .alone : updatedSources.contains(source.text) ? .hot : .stable
                return (source, frozen[source] ?? fresh)
            })
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile

extension Resolver {
    /// The closure for one architecture.
    func packages(
        for architecture: Architecture, _ request: ResolveRequest, _ releases: [VerifiedRelease],
        previous: VersionsLock?, _ update: UpdateScope, progress: ProgressSink
    ) throws -> [LockedPackage] {
        let indices = try releases.map { release in
            guard let file = release.index(architecture) else {
                throw ResolveError.noIndex(suite: release.archive.suite, architecture: architecture.rawValue)
            }
            return try PackagesIndex(
                archive: release.archive.suite, file: "\(release.archive.suite)/\(release.path(architecture))",
                reading: store.path(of: file.digest))
        }
        let locked = previous?.architectures[architecture.rawValue] ?? []
        let solver = Solver(try PackageUniverse(indices, architecture: architecture))
        let pins = pins(locked, update, solver, progress: progress)
        let solution = try solver.solve(request.packages, pins: pins)
        let bases = Dictionary(uniqueKeysWithValues: releases.map { ($0.archive.suite, $0.archive.base) })
        let hot = indices.filter { $0.archive.hasSuffix("-security") }.reduce(into: Set()) {
            $0.formUnion($1.sources())
        }
        let tiers = LayerTier.tiers(of: solution, previous: locked, updatedSources: hot)
        return solution.map { package in
            LockedPackage(package, base: bases[package.record.archive] ?? "debian", tiers: tiers)
        }
    }

    /// What stays at the version of the previous lock.
    private func pins(
        _ locked: [LockedPackage], _ update: UpdateScope, _ solver: Solver, progress: ProgressSink
    ) -> [PackageName: DebianVersion] {
        var pins = Dictionary(locked.map { ($0.name, $0.version) }) { first, _ in first }
        var named: Set<PackageName> = []
        switch update {
        case .all: return [:]
        case .missing: break
        case .only(let names):
            let sources = Set(locked.filter { names.contains($0.name) || names.contains($0.source) }.map(\.source))
            named = Set(names).union(locked.filter { sources.contains($0.source) }.map(\.name))
        }
        let gone = Set(solver.unavailable(pins)).subtracting(named)
        let moving = solver.forced(by: named.union(gone), pins: pins)
        note(gone, "is not in the archive any more in the locked version", progress)
        note(moving.subtracting(named).subtracting(gone), "has to move with the others", progress)
        for name in moving { pins[name] = nil }
        return pins
    }

    private func note(_ names: Set<PackageName>, _ what: String, _ progress: ProgressSink) {
        for name in names.sorted() { progress(.note("\(name) \(what).")) }
    }
}

extension LockedPackage {
    fileprivate init(_ package: SolvedPackage, base: String, tiers: [PackageName: LayerTier]) {
        let record = package.record
        self.init(
            name: record.name, version: record.version, architecture: record.architecture, source: record.source,
            sourceVersion: record.sourceVersion, sha256: record.sha256, size: record.size,
            installedSize: record.installedSize, path: record.path, base: base, tier: tiers[record.source] ?? .stable,
            reason: package.reason.description)
    }
}

extension LayerTier {
    /// From how many KiB on disk a source gets a layer of its own.
    static let aloneFrom: UInt64 = 24 << 10

    /// The tier of each source: the one it has in the previous lock; else its own layer for a big one, `hot` for one
    /// that has had a security update, `stable` for the rest.
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

// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile

/// The stage `resolve`: from package names to a lock, through signed indices.
package struct Resolver: Sendable {
    let store: Store
    let source: any IndexSource
    let check: SignatureCheck
    let archives: [ArchiveSource]
    let now: ArchiveTime
    let expired: ExpiryRule
    let service: String

    /// A resolver.
    ///
    /// - Parameters:
    ///   - archives: Where the suites are, with the order in which their places are asked.
    ///   - now: The time it is; release files that are not valid then are refused.
    ///   - expired: What is done about those whose validity is over, as a mirror that is a snapshot serves them.
    ///   - service: Who keeps the past of Debian's archives, for pinned versions that they no longer have.
    package init(
        store: Store, source: any IndexSource, check: SignatureCheck, archives: [ArchiveSource], now: ArchiveTime,
        expired: ExpiryRule = .refuse, service: String = ArchiveSource.snapshotService
    ) {
        self.store = store
        self.source = source
        self.check = check
        self.archives = archives
        self.now = now
        self.expired = expired
        self.service = service
    }

    /// Makes a lock.
    ///
    /// - Parameters:
    ///   - previous: The lock there is: its archives may not be older than these, its layers keep their tiers.
    ///   - update: What may move away from it.
    /// - Throws: `DebianError`, `ResolveError`, what the source throws, `FileError`.
    package func resolve(
        _ request: ResolveRequest, previous: VersionsLock?, update: UpdateScope = .all,
        progress: @escaping ProgressSink
    ) async throws -> VersionsLock {
        try await namingRepository {
            try await solveAll(request, previous: previous, update: update, progress: progress)
        }
    }

    /// Says whose a broken file is, where it is a repository's.
    func namingRepository<Value>(_ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch let error as DebianError {
            let owner = archives.first { $0.repository != nil && error.file?.hasPrefix("\($0.title)/") == true }
            if let owner { throw ResolveError.brokenRepository(owner.base, error) }
            throw error
        }
    }

    private func solveAll(
        _ request: ResolveRequest, previous: VersionsLock?, update: UpdateScope, progress: @escaping ProgressSink
    ) async throws -> VersionsLock {
        if let other = archives.first(where: { $0.repository == nil && !$0.suite.hasPrefix(request.codename) }) {
            throw ResolveError.otherRelease(suite: other.suite, codename: request.codename)
        }
        let releases = try await releases(previous: previous, progress: progress)
        try await fetchIndices(of: releases, for: request.architectures, progress: progress)
        progress(.began(step: "solve", total: UInt64(request.architectures.count), unit: .items))
        let solved = try await withThrowingTaskGroup(of: (Architecture, SolvedArchitecture).self) { group in
            for architecture in request.architectures {
                group.addTask {
                    let solved = try await solve(
                        for: architecture, request, releases, previous: previous, update, progress: progress)
                    progress(.advanced(step: "solve", by: 1, detail: architecture.rawValue))
                    return (architecture, solved)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0.rawValue] = $1.1 }
        }
        let count = solved.values.map { "\($0.packages.count)" }.sorted().joined(separator: " and ")
        progress(.ended(step: "solve", summary: "\(count) packages"))
        let lock = lock(request, releases, solved)
        for warning in lock.choices.warnings { progress(.warning(warning)) }
        return lock
    }

    private func lock(
        _ request: ResolveRequest, _ releases: [VerifiedRelease], _ solved: [String: SolvedArchitecture]
    ) -> VersionsLock {
        // A repository's date is not Debian's: what apt in the image is told to ask for was to be had at this moment.
        let debians = releases.filter { $0.archive.repository == nil }
        let latest = debians.map(\.release.date).max() ?? now
        let pins = request.pins.map { name, version in
            let newer = solved.values.compactMap { $0.keptBack[name] }.max { $0.order(to: $1) < 0 }
            return LockedPin(name: name, version: version, security: newer)
        }
        return VersionsLock(
            codename: request.codename, snapshot: latest.description, inputs: request.inputs,
            archives: debians.map(\.locked),
            architectures: solved.mapValues(\.packages), artifacts: request.artifacts,
            choices: LockedChoices(
                pins: pins,
                exclusions: request.exclusions.map { LockedExclusion(name: $0.key, reason: $0.value) },
                repositories: releases.compactMap(\.repository)))
    }
}

/// What was found for one architecture.
struct SolvedArchitecture: Sendable {
    let packages: [LockedPackage]
    /// The newer security version of each pinned package that has one.
    let keptBack: [PackageName: DebianVersion]
}

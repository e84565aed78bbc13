// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile

/// The stage `resolve`: from package names to a lock, using signed indices.
package struct Resolver: Sendable {
    let store: Store
    let source: any IndexSource
    let check: SignatureCheck
    let archives: [ArchiveSource]
    let now: Timestamp
    let expired: ExpiryRule
    let service: String

    /// Creates a resolver.
    ///
    /// - Parameters:
    ///   - archives: The archives of the suites, with their mirrors in order of preference.
    ///   - now: The current time; release files must be valid then.
    ///   - expired: The handling of expired release files, which mirrors that are snapshots have.
    ///   - service: The snapshot service, for pinned versions that the archives no longer have.
    package init(
        store: Store, source: any IndexSource, check: SignatureCheck, archives: [ArchiveSource], now: Timestamp,
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

    /// Resolves a lock.
    ///
    /// - Parameters:
    ///   - previous: The existing lock: archives must not be older than in it, and layers keep their tiers.
    ///   - update: The packages that may differ from it.
    /// - Throws: `DebianError`, `ResolveError`, errors of the source, `FileError`.
    package func resolve(
        _ request: ResolveRequest, previous: VersionsLock?, update: UpdateScope = .all,
        progress: @escaping ProgressSink
    ) async throws -> VersionsLock {
        try await namingRepository {
            try await solveAll(request, previous: previous, update: update, progress: progress)
        }
    }

    /// Attributes an error in a repository's file to the repository.
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
        // Not the date of a repository: the image's apt uses this time for snapshots of Debian's archives.
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
                repositories: releases.compactMap(\.repository))
        ).sealed()
    }
}

/// The result for one architecture.
struct SolvedArchitecture: Sendable {
    let packages: [LockedPackage]
    /// The newer security versions that pins hold back.
    let keptBack: [PackageName: DebianVersion]
}

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

    /// A resolver.
    ///
    /// - Parameters:
    ///   - archives: Where the suites are, with the order in which their places are asked.
    ///   - now: The time it is; release files that are not valid then are refused.
    ///   - expired: What is done about those whose validity is over, as a mirror that is a snapshot serves them.
    package init(
        store: Store, source: any IndexSource, check: SignatureCheck, archives: [ArchiveSource], now: ArchiveTime,
        expired: ExpiryRule = .refuse
    ) {
        self.store = store
        self.source = source
        self.check = check
        self.archives = archives
        self.now = now
        self.expired = expired
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
        if let other = archives.first(where: { !$0.suite.hasPrefix(request.codename) }) {
            throw ResolveError.otherRelease(suite: other.suite, codename: request.codename)
        }
        let releases = try await releases(previous: previous, progress: progress)
        try await fetchIndices(of: releases, for: request.architectures, progress: progress)
        progress(.began(step: "solve", total: UInt64(request.architectures.count), unit: .items))
        let solved = try await withThrowingTaskGroup(of: (Architecture, [LockedPackage]).self) { group in
            for architecture in request.architectures {
                group.addTask {
                    let packages = try packages(
                        for: architecture, request, releases, previous: previous, update, progress: progress)
                    progress(.advanced(step: "solve", by: 1, detail: architecture.rawValue))
                    return (architecture, packages)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0.rawValue] = $1.1 }
        }
        let count = solved.values.map { "\($0.count)" }.sorted().joined(separator: " and ")
        progress(.ended(step: "solve", summary: "\(count) packages"))
        return lock(request, releases, solved)
    }

    private func lock(
        _ request: ResolveRequest, _ releases: [VerifiedRelease], _ packages: [String: [LockedPackage]]
    ) -> VersionsLock {
        let latest = releases.map(\.release.date).max() ?? now
        return VersionsLock(
            codename: request.codename, snapshot: latest.description, inputs: request.inputs,
            archives: releases.map(\.locked),
            architectures: packages, artifacts: request.artifacts)
    }
}

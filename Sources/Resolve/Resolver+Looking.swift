// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile

/// The state of the archives according to their release files.
package struct ArchiveState: Hashable, Sendable {
    /// The archives with digest, date and signer of their release files.
    package let archives: [LockedArchive]
    /// The digest of all package indices that a resolution would read: equal digests mean equal available packages.
    package let indices: Digest
}

extension Resolver {
    /// Fetches and verifies only the release files.
    ///
    /// - Parameter previous: A lock; archives must not be older than in it.
    /// - Throws: As `resolve`.
    package func look(
        _ request: ResolveRequest, previous: VersionsLock?, progress: @escaping ProgressSink
    ) async throws -> ArchiveState {
        let releases = try await namingRepository { try await self.releases(previous: previous, progress: progress) }
        let lines = try releases.flatMap { release in
            try request.architectures.flatMap { architecture in
                try release.indices(architecture).map {
                    "\(release.archive.title) \(architecture) \($0.plain.digest)\n"
                }
            }
        }
        return ArchiveState(archives: releases.map(\.locked), indices: Digest(of: lines.joined().utf8))
    }
}

extension VerifiedRelease {
    /// The archive for a lock.
    var locked: LockedArchive {
        LockedArchive(
            id: archive.repository == nil ? archive.suite : archive.base, base: archive.base, inRelease: digest,
            date: release.date.description, signer: signer)
    }

    /// The repository for a lock; nil for Debian's archives.
    var repository: LockedRepository? {
        archive.repository.map { terms in
            LockedRepository(
                name: archive.base, uri: archive.addresses.first ?? "", suite: archive.suite,
                components: terms.components, packages: Array(terms.preferred), inRelease: digest,
                date: release.date.description, signer: signer)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile

/// The archives as their release files tell of them.
package struct ArchiveState: Hashable, Sendable {
    /// Each archive with the digest, the date and the signer of its release file.
    package let archives: [LockedArchive]
    /// The digest of the package indices that a resolution would read: equal digests, equal packages to choose from.
    package let indices: Digest
}

extension Resolver {
    /// Fetches and checks the release files, and nothing else.
    ///
    /// - Parameter previous: A lock whose archives must not be newer than those that are found.
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
    /// As a lock has it.
    var locked: LockedArchive {
        LockedArchive(
            id: archive.repository == nil ? archive.suite : archive.base, base: archive.base, inRelease: digest,
            date: release.date.description, signer: signer)
    }

    /// As a lock has it, where it is another publisher's.
    var repository: LockedRepository? {
        archive.repository.map { terms in
            LockedRepository(
                name: archive.base, uri: archive.addresses.first ?? "", suite: archive.suite,
                components: terms.components, packages: Array(terms.preferred), inRelease: digest,
                date: release.date.description, signer: signer)
        }
    }
}

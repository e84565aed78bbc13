// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile
import OCI
import Trust

/// The result of a nightly check of the archives.
package enum NightlyAnswer: Sendable {
    /// No package of the image moved; found by the cheapest of three comparisons.
    case unchanged(by: NightlyEvidence, ArchiveLook)
    /// The packages changed.
    case changed(VersionsLock, ArchiveLook)

    /// The archives as checked.
    package var look: ArchiveLook {
        switch self {
        case .unchanged(_, let look), .changed(_, let look): look
        }
    }
}

/// Which comparison showed that nothing moved.
package enum NightlyEvidence: String, Sendable {
    /// The archives' release files are those of the lock, or those of the last check.
    case releaseFiles = "release files"
    /// The release files are new, the indices of packages are not.
    case indices
    /// The indices are new, but resolving them gives the released packages.
    case packages
}

/// Checks with as few downloads as possible whether there is something to release.
package struct NightlyCheck: Sendable {
    let archives: any ArchiveLooking
    let memory: any JournalFiles

    /// A check that stores its result in `memory`.
    package init(archives: any ArchiveLooking, memory: any JournalFiles) {
        self.archives = archives
        self.memory = memory
    }

    /// Compares release files, then indices, then packages with `released`, the last release's lock.
    ///
    /// - Parameters:
    ///   - inputs: The digest of the definition on the branch; a difference from the lock's is a change.
    ///   - heartbeat: The signed heartbeat of this release, for a machine without a record of its own.
    /// - Throws: The archives' errors; the memory is then unchanged.
    package func run(
        released: VersionsLock, inputs: Digest, heartbeat: Heartbeat?, progress: @escaping ProgressSink
    ) async throws -> NightlyAnswer {
        let known = NightlyMemory(try memory.read(NightlyMemory.name))
        let told = heartbeat.map(ArchivesSeen.init)
        let previous = [known?.archives, told].compactMap(\.self).reduce(released) { $1.advanced($0) }
        let look = try await archives.look(since: previous, progress: progress)
        let seen = NightlyMemory(look, of: released)
        if released.inputs == inputs, let evidence = evidence(seen, known, told, released) {
            try remember(seen)
            for warning in released.choices.warnings { progress(.warning(warning)) }
            return .unchanged(by: evidence, look)
        }
        // One of several mirrors may lag: no lock is made from older archives than those just checked.
        let lock = try await archives.resolve(from: seen.archives.advanced(previous), progress: progress)
        let isSame = lock.architectures == released.architectures && lock.artifacts == released.artifacts
        guard isSame, released.inputs == inputs else { return .changed(lock, look) }
        try remember(seen)
        return .unchanged(by: .packages, look)
    }

    /// Why nothing moved, if that is known without resolving.
    private func evidence(
        _ seen: NightlyMemory, _ known: NightlyMemory?, _ told: ArchivesSeen?, _ released: VersionsLock
    ) -> NightlyEvidence? {
        let now = seen.archives.digests
        let locked = released.archives + released.choices.repositories.map(\.archive)
        if now == ArchivesSeen(locked).digests { return .releaseFiles }
        // Only resolving finds the updates that pins keep back.
        guard released.choices.pins.isEmpty else { return nil }
        if now == told?.digests { return .releaseFiles }
        guard let known, known.lock == seen.lock else { return nil }
        if now == known.archives.digests { return .releaseFiles }
        return known.indices == seen.indices ? .indices : nil
    }

    private func remember(_ seen: NightlyMemory) throws {
        let bytes = try CanonicalJSON.encode(seen)
        if try memory.read(NightlyMemory.name) != bytes { try memory.write(bytes, NightlyMemory.name) }
    }
}

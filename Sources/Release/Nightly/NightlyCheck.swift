// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile
import OCI
import Trust

/// What a night's look at the archives came to.
package enum NightlyAnswer: Sendable {
    /// Nothing of ours moved; found by the cheapest of three comparisons.
    case unchanged(by: NightlyEvidence, ArchiveLook)
    /// There are other packages.
    case changed(VersionsLock, ArchiveLook)

    /// The archives as they were looked at.
    package var look: ArchiveLook {
        switch self {
        case .unchanged(_, let look), .changed(_, let look): look
        }
    }
}

/// What showed that nothing moved.
package enum NightlyEvidence: String, Sendable {
    /// The archives' release files are those that the lock was made from, or those of the last look.
    case releaseFiles = "release files"
    /// The release files are new, the indices of packages are not.
    case indices
    /// The indices are new; resolved again, they give the packages that are released.
    case packages
}

/// Asks the archives, as little as possible, whether there is something to release.
package struct NightlyCheck: Sendable {
    let archives: any ArchiveLooking
    let memory: any JournalFiles

    /// A check that remembers the last look in `memory`.
    package init(archives: any ArchiveLooking, memory: any JournalFiles) {
        self.archives = archives
        self.memory = memory
    }

    /// Compares release files, then indices, then packages with `released`, the last release's lock.
    ///
    /// - Parameters:
    ///   - inputs: The digest of the definition on the branch; another one than the lock's is a change.
    ///   - heartbeat: The signed word of the last night about this release: where it was another machine's, the memory
    ///     here knows nothing of it.
    /// - Throws: What asking the archives throws; then the memory is as it was.
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
        // One of several mirrors may lag: no lock is made from less than was just looked at.
        let lock = try await archives.resolve(from: seen.archives.advanced(previous), progress: progress)
        let isSame = lock.architectures == released.architectures && lock.artifacts == released.artifacts
        guard isSame, released.inputs == inputs else { return .changed(lock, look) }
        try remember(seen)
        return .unchanged(by: .packages, look)
    }

    /// What shows without resolving that nothing moved.
    private func evidence(
        _ seen: NightlyMemory, _ known: NightlyMemory?, _ told: ArchivesSeen?, _ released: VersionsLock
    ) -> NightlyEvidence? {
        let now = seen.archives.digests
        let locked = released.archives + released.choices.repositories.map(\.archive)
        if now == ArchivesSeen(locked).digests { return .releaseFiles }
        // What pins keep back only resolving tells.
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

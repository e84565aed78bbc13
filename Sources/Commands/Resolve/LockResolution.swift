// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import ImageDefinition
import Lockfile
import Resolve
import Transport

/// Puts together what the resolver needs from the image definition.
struct LockResolution: Sendable {
    typealias Scope = UpdateScope

    let definition: ImageDefinition
    let previous: VersionsLock?
    let scope: Scope
    let archives: [ArchiveSource]
    let store: Store
    let now: Int64
    let allowExpired: Bool

    /// The new lock.
    ///
    /// - Throws: What the resolver throws.
    func run(progress: @escaping ProgressSink) async throws -> VersionsLock {
        let resolver = Resolver(
            store: store, source: Downloader(store: store), check: SignatureCheck(), archives: archives,
            now: ArchiveTime(seconds: now), allowExpired: allowExpired)
        return try await resolver.resolve(request(), previous: previous, update: scope, progress: progress)
    }

    private func request() throws -> ResolveRequest {
        ResolveRequest(
            codename: definition.codename,
            architectures: try definition.architectures.map { try Architecture(parsing: $0) },
            packages: try definition.packageNames.map { try PackageName($0) }, artifacts: artifacts,
            inputs: definition.inputsDigest)
    }

    private var artifacts: [LockedArtifact] {
        definition.agent.artifacts.map { platform, artifact in
            LockedArtifact(
                name: definition.agent.name, version: definition.agent.version, platform: platform, url: artifact.url,
                sha256: artifact.sha256, size: nil)
        }.sorted { $0.platform < $1.platform }
    }
}

/// The difference between two locks, for people.
struct LockChanges {
    private let changes: [PackageChange]
    private let isNew: Bool

    init(from old: VersionsLock?, to new: VersionsLock) {
        isNew = old == nil
        changes = old.map { new.difference(from: $0) } ?? []
    }

    /// A line for each change.
    var text: String {
        if isNew { return "A new lock.\n" }
        return changes.isEmpty ? "Nothing moved.\n" : changes.map { line($0) + "\n" }.joined()
    }

    private func line(_ change: PackageChange) -> String {
        let name = "\(change.name.text) (\(change.architecture))"
        return switch change.kind {
        case .added(let version): "+ \(name) \(version.text)"
        case .removed(let version): "- \(name) \(version.text)"
        case .upgraded(let old, let new): "  \(name) \(old.text) -> \(new.text)"
        }
    }
}

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
    /// What is beside it.
    let files: DefinitionFiles
    let previous: VersionsLock?
    let scope: Scope
    /// The mirrors.
    let archives: [ArchiveSource]
    /// The archives as they were when `previous` was made; empty without it.
    let snapshots: [ArchiveSource]
    let store: Store
    let now: Int64
    let expired: ExpiryRule
    let transport: TransportSettings
    /// Who keeps the past of Debian's archives.
    let service: String

    /// The new lock, from the mirrors; where none of them has the archives any more, from the time of the old lock.
    ///
    /// - Throws: What the resolver throws.
    func run(progress: @escaping ProgressSink) async throws -> VersionsLock {
        do { return try await resolve(archives, expired, progress) } catch  where Self.isOutOfReach(error) {
            guard let previous else { throw error }
            let time = previous.snapshot
            progress(.warning("No mirror has Debian's archives; asking for them as they were at the lock's \(time)."))
            do { return try await resolve(snapshots, .take("as they were at the lock's time"), progress) } catch let
                late
                as TransportError
            {
                throw (error as? TransportError)?.followed(by: late) ?? late
            }
        }
    }

    private static func isOutOfReach(_ error: any Error) -> Bool {
        switch error {
        case let error as TransportError: error.allGone
        case ResolveError.noPlaces: true
        default: false
        }
    }

    private func resolve(
        _ archives: [ArchiveSource], _ expired: ExpiryRule, _ progress: @escaping ProgressSink
    ) async throws -> VersionsLock {
        let archives = try archives + files.repositories(of: definition)
        let request = try ResolveRequest(definition, files: files.packages(of: definition, into: store))
        let resolver = Resolver(
            store: store, source: Downloader(store: store, settings: transport), check: SignatureCheck(),
            archives: archives, now: ArchiveTime(seconds: now), expired: expired, service: service)
        return try await resolver.resolve(request, previous: previous, update: scope, progress: progress)
    }
}

extension ResolveRequest {
    /// What an image definition asks for.
    ///
    /// - Parameter files: Its package files.
    /// - Throws: `DebianError` for a name that is none.
    init(_ definition: ImageDefinition, files: [LocalPackageFile]) throws {
        self.init(
            codename: definition.codename,
            architectures: try definition.architectures.map { try Architecture(parsing: $0) },
            packages: try definition.packageNames.map { try PackageName($0) }, artifacts: definition.artifacts,
            inputs: definition.inputsDigest)
        self.files = files
        for request in definition.packageRequests {
            let name = try PackageName(request.name)
            if let version = request.version { pins[name] = try DebianVersion(version) }
            if request.recommends { recommending.insert(name) }
        }
        for exclusion in definition.exclusions { exclusions[try PackageName(exclusion.name)] = exclusion.reason }
    }
}

extension ImageDefinition {
    /// What the lock says of the agent.
    var artifacts: [LockedArtifact] {
        agent.artifacts.map { platform, artifact in
            LockedArtifact(
                name: agent.name, version: agent.version, platform: platform, url: artifact.url,
                sha256: artifact.sha256, size: nil)
        }.sorted { $0.platform < $1.platform }
    }
}

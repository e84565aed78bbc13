// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import ImageDefinition
import Lockfile
import Resolve
import Transport

/// Assembles the resolver's inputs from the image definition.
struct LockResolution: Sendable {
    let definition: ImageDefinition
    /// The files beside the definition.
    let files: DefinitionFiles
    let previous: VersionsLock?
    let scope: UpdateScope
    let host: BuildHost
    /// The current time, in seconds since 1970.
    let now: Int64
    let expired: ExpiryRule

    /// The new lock, from the mirrors; when no mirror has the archives any more, from snapshots at the time of the old
    /// lock.
    ///
    /// - Throws: Errors of the resolver.
    func run(progress: @escaping ProgressSink) async throws -> VersionsLock {
        let archives = try host.sources.archives(codename: definition.codename)
        do { return try await resolve(archives, expired, progress) } catch  where Self.isOutOfReach(error) {
            guard let previous else { throw error }
            let time = previous.snapshot
            progress(.warning("No mirror has Debian's archives; using their snapshot at the lock's time, \(time)."))
            let snapshots = host.sources.snapshots(of: previous, codename: definition.codename)
            do {
                return try await resolve(snapshots, .take("as they were at the lock's time"), progress)
            } catch let late as TransportError {
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
        let request = try ResolveRequest(definition, files: files.packages(of: definition, into: host.store))
        let resolver = Resolver(
            store: host.store, source: host.sources.downloader(into: host.store), check: SignatureCheck(),
            archives: archives, now: Timestamp(seconds: now), expired: expired, service: host.sources.service)
        return try await resolver.resolve(request, previous: previous, update: scope, progress: progress)
    }
}

extension ResolveRequest {
    /// The request of an image definition.
    ///
    /// - Parameter files: The package files of the definition.
    /// - Throws: `DebianError` for an invalid name.
    package init(_ definition: ImageDefinition, files: [LocalPackageFile]) throws {
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
    /// The lock's entries for the programs.
    var artifacts: [LockedArtifact] {
        programs.flatMap { program in
            program.artifacts.map { platform, artifact in
                LockedArtifact(
                    name: program.name, version: program.version, platform: platform, url: artifact.url,
                    sha256: artifact.sha256, size: nil)
            }
        }
        .sorted { ($0.name, $0.platform) < ($1.name, $1.platform) }
    }
}

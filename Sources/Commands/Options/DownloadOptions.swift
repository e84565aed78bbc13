// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Assembly
import Context
import Core
import Debian
import Lockfile
import SystemPackage
import Transport

/// Where packages come from.
struct DownloadOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            The address that has 'debian' and 'debian-security' below it; without it the machine's own apt sources \
            are asked. [environment: OPENCODE_DOCKER_MIRROR]
            """, valueName: "url"))
    var mirror: String?

    @Option(
        help: .init(
            """
            Who keeps the past of Debian's archives, and is asked last, at the time of the lock. \
            [environment: OPENCODE_DOCKER_SNAPSHOT]
            """, valueName: "url"))
    var snapshot = ArchiveSource.snapshotService

    /// The stage that brings a context together.
    ///
    /// - Throws: `FileError` when the machine's apt sources cannot be read.
    func contextPreparer(
        lock: VersionsLock, store: Store, surroundings: Surroundings, cache: any LayerCache = NoLayerCache()
    ) throws -> ContextPreparer {
        ContextPreparer(
            store: store, downloader: Downloader(store: store, settings: surroundings.transport),
            mirrors: try mirrors(lock: lock, surroundings), workers: surroundings.cores, cache: cache)
    }

    /// The places of the packages of `lock`.
    ///
    /// - Throws: `FileError` when the machine's apt sources cannot be read.
    func mirrors(lock: VersionsLock, _ surroundings: Surroundings) throws -> Mirrors {
        let sources = try archives(codename: lock.codename, surroundings) + snapshots(of: lock)
        return Mirrors(
            bases: Dictionary(grouping: sources, by: \.base).mapValues { archives in
                archives.flatMap(\.addresses).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            })
    }

    /// The archives of the release with the places that serve them, the first choice first.
    ///
    /// - Throws: `FileError` when the machine's apt sources cannot be read.
    func archives(codename: String, _ surroundings: Surroundings) throws -> [ArchiveSource] {
        guard let mirror = mirror ?? surroundings.variable("OPENCODE_DOCKER_MIRROR") else {
            return try MachineSources.read(etcApt: "/etc/apt", codename: codename).archives
        }
        return ArchiveSource.all(of: codename).map {
            ArchiveSource(suite: $0.suite, base: $0.base, addresses: ["\(mirror.withoutSlash)/\($0.base)"])
        }
    }

    /// The archives as they were when `lock` was made, at the service that keeps them.
    func snapshots(of lock: VersionsLock) -> [ArchiveSource] {
        let time = ArchiveTime(seconds: lock.epoch)
        return ArchiveSource.all(of: lock.codename).map {
            let places = ArchiveSource.snapshots(base: $0.base, locked: time, service: snapshot.withoutSlash)
            return ArchiveSource(suite: $0.suite, base: $0.base, addresses: places)
        }
    }
}

extension String {
    /// An address to which a path can be added.
    fileprivate var withoutSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}

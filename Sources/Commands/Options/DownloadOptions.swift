// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Assembly
import Context
import Core
import Debian
import Lockfile
import SystemPackage
import Transport

/// The sources of packages.
struct DownloadOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            The address with 'debian' and 'debian-security' below it; the default are the Debian mirrors of the \
            machine's own apt, for any release. [environment: OPENCODE_DOCKER_MIRROR]
            """, valueName: "url"))
    var mirror: String?

    @Option(
        help: .init(
            """
            The service with snapshots of Debian's archives, which is used last, at the time of the lock. \
            [environment: OPENCODE_DOCKER_SNAPSHOT]
            """, valueName: "url"))
    var snapshot = ArchiveSource.snapshotService

    /// The address of the snapshot service.
    var service: String { snapshot.withoutSlash }

    /// The stage that prepares a context.
    ///
    /// - Throws: `FileError` when the machine's apt sources cannot be read.
    func contextPreparer(
        lock: VersionsLock, store: Store, environment: CommandEnvironment, cache: any LayerCache = NoLayerCache()
    ) throws -> ContextPreparer {
        ContextPreparer(
            store: store, downloader: Downloader(store: store, settings: environment.transport),
            mirrors: try mirrors(lock: lock, environment), workers: environment.cores, cache: cache)
    }

    /// The mirrors of the packages of `lock`.
    ///
    /// - Throws: `FileError` when the machine's apt sources cannot be read.
    func mirrors(lock: VersionsLock, _ environment: CommandEnvironment) throws -> Mirrors {
        let sources = try archives(codename: lock.codename, environment) + snapshots(of: lock)
        let repositories = Dictionary(lock.choices.repositories.map { ($0.name, [$0.uri]) }) { first, _ in first }
        return Mirrors(
            bases: Dictionary(grouping: sources, by: \.base).mapValues { archives in
                archives.flatMap(\.addresses).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            }.merging(repositories) { debian, _ in debian }, service: service)
    }

    /// The archives of the release with all their mirrors, the preferred one first.
    ///
    /// - Throws: `FileError` when the machine's apt sources cannot be read.
    func archives(codename: String, _ environment: CommandEnvironment) throws -> [ArchiveSource] {
        try chosen(codename: codename, environment) ?? machine(codename: codename, environment).candidates
    }

    /// The archives of the release with the configured mirrors, for apt in a container.
    ///
    /// - Throws: `FileError` when the machine's apt sources cannot be read.
    func namedArchives(codename: String, _ environment: CommandEnvironment) throws -> [ArchiveSource] {
        try chosen(codename: codename, environment) ?? machine(codename: codename, environment).archives
    }

    /// Reports in one line how many of the machine's apt sources are ignored; the details are verbose output.
    func noteIgnored(_ environment: CommandEnvironment, progress: ProgressSink) {
        guard mirrorAddress(environment) == nil,
            let ignored = try? machine(codename: "", environment).ignored, !ignored.isEmpty
        else { return }
        let lines = ignored.count == 1 ? "1 entry" : "\(ignored.count) entries"
        progress(.note("\(lines) of apt's sources name no usable mirror (--verbose lists them)."))
        for line in ignored { progress(.detail(line.description)) }
    }

    private func mirrorAddress(_ environment: CommandEnvironment) -> String? {
        (mirror ?? environment.variable("OPENCODE_DOCKER_MIRROR"))?.withoutSlash
    }

    private func chosen(codename: String, _ environment: CommandEnvironment) -> [ArchiveSource]? {
        mirrorAddress(environment).map { mirror in
            ArchiveSource.all(of: codename).map {
                ArchiveSource(suite: $0.suite, base: $0.base, addresses: ["\(mirror)/\($0.base)"])
            }
        }
    }

    private func machine(codename: String, _ environment: CommandEnvironment) throws -> MachineSources {
        try MachineSources.read(etcApt: "/etc/apt", codename: codename)
    }

    /// The archives at the time of `lock`, from the snapshot service.
    ///
    /// - Parameter codename: The release; by default that of the lock.
    func snapshots(of lock: VersionsLock, codename: String? = nil) -> [ArchiveSource] {
        let time = Timestamp(seconds: lock.epoch)
        return ArchiveSource.all(of: codename ?? lock.codename).map {
            let places = ArchiveSource.snapshots(base: $0.base, locked: time, service: service)
            return ArchiveSource(suite: $0.suite, base: $0.base, addresses: places)
        }
    }
}

extension String {
    /// The address without a trailing slash, so that a path can be appended.
    fileprivate var withoutSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}

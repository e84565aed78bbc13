// SPDX-License-Identifier: Apache-2.0

import Context
import Core
import Debian
import Lockfile
import Transport

/// The places that packages are downloaded from.
package struct PackageSources: Sendable {
    /// The chosen mirror's address; `nil` for the mirrors of the machine's own apt.
    private let mirror: String?
    /// The address of the snapshot service.
    package let service: String
    /// The settings of transfers.
    package let transport: TransportSettings

    /// Creates sources.
    ///
    /// - Parameters:
    ///   - mirror: The address with 'debian' and 'debian-security' below it; `nil` for the machine's own mirrors.
    ///   - snapshot: The address of the snapshot service.
    package init(mirror: String?, snapshot: String, transport: TransportSettings) {
        self.mirror = mirror?.withoutSlash
        service = snapshot.withoutSlash
        self.transport = transport
    }

    /// A downloader into `store`.
    package func downloader(into store: Store) -> Downloader { Downloader(store: store, settings: transport) }

    /// The mirrors of the packages of `lock`.
    ///
    /// - Throws: `FileError` when the machine's apt sources cannot be read.
    package func mirrors(of lock: VersionsLock) throws -> Mirrors {
        let sources = try archives(codename: lock.codename) + snapshots(of: lock)
        let repositories = Dictionary(lock.choices.repositories.map { ($0.name, [$0.uri]) }) { first, _ in first }
        return Mirrors(
            bases: Dictionary(grouping: sources, by: \.base).mapValues { archives in
                archives.flatMap(\.addresses).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            }.merging(repositories) { debian, _ in debian }, service: service)
    }

    /// The archives of the release with all their mirrors, the preferred one first.
    ///
    /// - Throws: `FileError` when the machine's apt sources cannot be read.
    package func archives(codename: String) throws -> [ArchiveSource] {
        try chosen(codename: codename) ?? machine(codename: codename).candidates
    }

    /// The archives of the release with the configured mirrors, for apt in a container.
    ///
    /// - Throws: `FileError` when the machine's apt sources cannot be read.
    package func namedArchives(codename: String) throws -> [ArchiveSource] {
        try chosen(codename: codename) ?? machine(codename: codename).archives
    }

    /// Reports in one line how many of the machine's apt sources are ignored; the details are verbose output.
    package func noteIgnored(progress: ProgressSink) {
        guard mirror == nil,
            let ignored = try? machine(codename: "").ignored, !ignored.isEmpty
        else { return }
        let lines = ignored.count == 1 ? "1 entry" : "\(ignored.count) entries"
        progress(.note("\(lines) of apt's sources name no usable mirror (--verbose lists them)."))
        for line in ignored { progress(.detail(line.description)) }
    }

    private func chosen(codename: String) -> [ArchiveSource]? {
        mirror.map { mirror in
            ArchiveSource.all(of: codename).map {
                ArchiveSource(suite: $0.suite, base: $0.base, addresses: ["\(mirror)/\($0.base)"])
            }
        }
    }

    private func machine(codename: String) throws -> MachineSources {
        try MachineSources.read(etcApt: "/etc/apt", codename: codename)
    }

    /// The archives at the time of `lock`, from the snapshot service.
    ///
    /// - Parameter codename: The release; by default that of the lock.
    package func snapshots(of lock: VersionsLock, codename: String? = nil) -> [ArchiveSource] {
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

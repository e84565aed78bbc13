// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Context
import Core
import Debian
import SystemPackage
import Transport

/// Where packages come from.
struct DownloadOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            The address that has 'debian' and 'debian-security' below it; without it the machine's own apt sources \
            are asked, then snapshot.debian.org. [environment: OPENCODE_DOCKER_MIRROR]
            """, valueName: "url"))
    var mirror: String?

    /// The stage that brings a context together.
    ///
    /// - Throws: `FileError` when the machine's apt sources cannot be read.
    func contextPreparer(codename: String, store: Store, surroundings: Surroundings) throws -> ContextPreparer {
        let sources = try archives(codename: codename, surroundings)
        let bases = Dictionary(sources.map { ($0.base, $0.addresses) }, uniquingKeysWith: { first, _ in first })
        return ContextPreparer(
            store: store, downloader: Downloader(store: store), mirrors: Mirrors(bases: bases),
            workers: surroundings.cores)
    }

    /// The archives of the release with the places that serve them, the first choice first.
    ///
    /// - Throws: `FileError` when the machine's apt sources cannot be read.
    func archives(codename: String, _ surroundings: Surroundings) throws -> [ArchiveSource] {
        guard let mirror = mirror ?? surroundings.variable("OPENCODE_DOCKER_MIRROR") else {
            return try MachineSources.read(etcApt: "/etc/apt", codename: codename).archives
        }
        let root = mirror.hasSuffix("/") ? String(mirror.dropLast()) : mirror
        return ArchiveSource.all(of: codename).map {
            ArchiveSource(suite: $0.suite, base: $0.base, addresses: ["\(root)/\($0.base)"])
        }
    }
}

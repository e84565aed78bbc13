// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The sources of the machine's own apt that are mirrors of Debian's archive.
package struct MachineSources: Hashable, Sendable {
    /// The archives of the release with the mirrors that the machine configures for them; empty when there are none.
    package let archives: [ArchiveSource]
    /// The same archives with additional candidates: the machine's mirrors for other releases, which usually have all
    /// releases, and lines for `stable`, `oldstable` and the like, which may be this release.
    ///
    /// Every file is verified by digest or signature, so that a wrong candidate only costs time.
    package let candidates: [ArchiveSource]
    /// The keyrings configured for them; empty when there are none.
    package let keyrings: [FilePath]
    /// Unusable lines: they cannot be parsed, or use a method that only apt supports.
    package let ignored: [IgnoredSource]

    /// Reads `sources.list` and `sources.list.d` below `etcApt`.
    ///
    /// - Throws: `FileError` when an existing file cannot be read.
    package static func read(etcApt: FilePath, codename: String) throws -> MachineSources {
        var reader = SourceReader()
        let parts = etcApt.appending("sources.list.d")
        let names = Files.exists(parts) ? try Files.list(parts) : []
        let lists = [etcApt.appending("sources.list")] + names.map { parts.appending($0) }
        for path in lists where Files.exists(path) { try reader.read(path) }
        return MachineSources(reader.entries, ignored: reader.ignored, codename: codename)
    }

    private init(_ entries: [SourceEntry], ignored: [IgnoredSource], codename: String) {
        self.ignored = ignored
        var keyrings: [FilePath] = []
        let all = ArchiveSource.all(of: codename)
        archives = all.map { archive in
            let matching = entries.filter { $0.suites.contains(archive.suite) && $0.components.contains("main") }
            for path in matching.compactMap(\.keyring) where !keyrings.contains(path) { keyrings.append(path) }
            let places = SourceEntry.ranked(matching)
            return ArchiveSource(suite: archive.suite, base: archive.base, addresses: places)
        }
        self.keyrings = keyrings
        candidates = archives.map { archive in
            var wider = archive
            wider.addresses = unique(archive.addresses + SourceEntry.pools(entries, base: archive.base))
            wider.aliases = SourceEntry.aliases(entries, of: archive.suite, codename: codename)
            return wider
        }
    }
}

/// An unusable line of apt's sources.
package struct IgnoredSource: Hashable, Sendable, CustomStringConvertible {
    /// The file and the line.
    let place: String
    /// The reason, as a clause.
    let reason: String

    package var description: String { "\(place): \(reason)" }
}

extension SourceEntry {
    /// The URLs for the release itself, the most certain ones first.
    fileprivate static func ranked(_ entries: [SourceEntry]) -> [String] {
        let all = entries.flatMap { entry in
            entry.addresses.compactMap { address in entry.likeness(of: address).map { (address, $0) } }
        }
        return unique(Likeness.allCases.flatMap { likeness in all.filter { $0.1 == likeness }.map(\.0) })
    }

    /// The URLs of Debian's pool `base`, for any release.
    fileprivate static func pools(_ entries: [SourceEntry], base: String) -> [String] {
        unique(entries.filter { $0.isDebian && $0.bases.contains(base) }.flatMap(\.surelyDebian))
    }

    /// The directories of releases named by age that may be this release.
    fileprivate static func aliases(_ entries: [SourceEntry], of suite: String, codename: String) -> [String] {
        let suffix = suite.dropFirst(codename.count)
        let names = DebianRelease.names(byAge: true).map { "\($0)\(suffix)" }
        return unique(
            entries.filter(\.isDebian).flatMap { entry in
                entry.suites.filter(names.contains).flatMap { name in
                    entry.surelyDebian.map { "\($0)/dists/\(name)" }
                }
            })
    }

    private var surelyDebian: [String] { addresses.filter { likeness(of: $0) == .sure } }
}

/// `texts` without duplicates.
private func unique(_ texts: [String]) -> [String] {
    texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
}

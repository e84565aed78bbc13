// SPDX-License-Identifier: Apache-2.0

import Debian
import Lockfile
import Transport

/// Where the files of an archive can be had: any of these may serve them, because everything is checked by digest.
package struct Mirrors: Sendable {
    private let bases: [String: [String]]
    private let service: String

    /// Places by the lock's base names ("debian", "debian-security"), the first choice first, without trailing slash.
    ///
    /// - Parameter service: Who keeps the past of Debian's archives, for what the lock says was to be had once.
    package init(bases: [String: [String]], service: String = ArchiveSource.snapshotService) {
        self.bases = bases
        self.service = service
    }

    /// The download of a package, from each place in order.
    package func download(_ package: LockedPackage) -> Download {
        let past = package.snapshot.flatMap { ArchiveTime(rfc3339: $0) }.map { time in
            ArchiveSource.snapshot(base: package.base, at: time, service: service)
        }
        let urls = ((bases[package.base] ?? []) + [past].compactMap(\.self)).map { "\($0)/\(package.path)" }
        return Download(
            name: "\(package.name.text) \(package.version.text)", urls: urls, digest: package.sha256, size: package.size
        )
    }
}

// SPDX-License-Identifier: Apache-2.0

import Lockfile
import Transport

/// Where the files of an archive can be had: any of these may serve them, because everything is checked by digest.
package struct Mirrors: Sendable {
    private let bases: [String: [String]]
    private let service: String

    /// Places by the lock's base names ("debian", "debian-security"), the first choice first, without trailing slash.
    ///
    /// - Parameter service: Who keeps the past of Debian's archives, for what the lock says was to be had once.
    package init(bases: [String: [String]], service: String = Mirrors.snapshotService) {
        self.bases = bases
        self.service = service
    }

    /// Where Debian keeps all that its archives ever were.
    package static let snapshotService = "https://snapshot.debian.org"

    /// The download of a package, from each place in order.
    package func download(_ package: LockedPackage) -> Download {
        let past = package.snapshot.map { [Self.snapshot(package.base, $0, service: service)] } ?? []
        let urls = ((bases[package.base] ?? []) + past).map { "\($0)/\(package.path)" }
        return Download(
            name: "\(package.name.text) \(package.version.text)", urls: urls, digest: package.sha256, size: package.size
        )
    }

    /// The archive `base` as it was at `time` (RFC 3339, UTC).
    static func snapshot(_ base: String, _ time: String, service: String = snapshotService) -> String {
        let stamp = time.filter { $0 != "-" && $0 != ":" }
        return "\(service)/archive/\(base)/\(stamp)"
    }
}

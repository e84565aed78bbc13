// SPDX-License-Identifier: Apache-2.0

import Lockfile
import Transport

/// Where the files of an archive can be had: any of these may serve them, because everything is checked by digest.
package struct Mirrors: Sendable {
    private let bases: [String: [String]]

    /// Places by the lock's base names ("debian", "debian-security"), the first choice first, without trailing slash.
    package init(bases: [String: [String]]) { self.bases = bases }

    /// The download of a package, from each place in order.
    package func download(_ package: LockedPackage) -> Download {
        let urls = (bases[package.base] ?? []).map { "\($0)/\(package.path)" }
        return Download(
            name: "\(package.name.text) \(package.version.text)", urls: urls, digest: package.sha256, size: package.size
        )
    }

    /// The archive `base` as it was at `time` (RFC 3339, UTC), for the image's own apt.
    static func snapshot(_ base: String, _ time: String) -> String {
        let stamp = time.filter { $0 != "-" && $0 != ":" }
        return "https://snapshot.debian.org/archive/\(base)/\(stamp)"
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Lockfile
import Transport

/// The mirrors of archives: any of them may serve a file, because every file is verified against its digest.
package struct Mirrors: Sendable {
    private let bases: [String: [String]]
    private let service: String

    /// Creates mirrors by the lock's base names ("debian", "debian-security"), in order of preference, without trailing
    /// slash.
    ///
    /// - Parameter service: The snapshot service, for packages that the lock pins to a past time.
    package init(bases: [String: [String]], service: String = ArchiveSource.snapshotService) {
        self.bases = bases
        self.service = service
    }

    /// A path of the lock, escaped for a URL: of the characters that the lock allows, only `%` has another meaning
    /// there (RFC 3986, 2.4). apt does the same (`pkgAcquire::URIEncode`).
    private static func escaped(_ path: String) -> String { path.replacing("%", with: "%25") }

    /// The download of a package, from each place in order.
    package func download(_ package: LockedPackage) -> Download {
        let past = package.snapshot.flatMap { Timestamp(rfc3339: $0) }.map { time in
            ArchiveSource.snapshot(base: package.base, at: time, service: service)
        }
        let urls = ((bases[package.base] ?? []) + [past].compactMap(\.self)).map {
            "\($0)/\(Self.escaped(package.path))"
        }
        return Download(
            name: "\(package.name.text) \(package.version.text)", urls: urls, digest: package.sha256, size: package.size
        )
    }
}

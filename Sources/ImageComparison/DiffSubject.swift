// SPDX-License-Identifier: Apache-2.0

import Lockfile
import OCI

/// One of the two sides of `diff`.
package enum DiffSubject: Sendable {
    /// A lock file.
    case lock(VersionsLock)
    /// An image in a layout.
    case image(PlacedImage)

    /// Whether it is an image with zstd layers.
    package var isZstd: Bool {
        if case .image(let placed) = self { placed.image.isZstd } else { false }
    }

    /// The packages for the architecture of `platform`.
    ///
    /// - Throws: As `PackageList.init`.
    package func packages(_ platform: Platform) throws -> PackageList {
        switch self {
        case .lock(let lock): PackageList(lock, architecture: platform.architecture)
        case .image(let image): try PackageList(image)
        }
    }
}

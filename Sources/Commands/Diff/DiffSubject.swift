// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile
import OCI
import SystemPackage

/// One of the two sides of `diff`.
enum DiffSubject {
    /// A lock file.
    case lock(VersionsLock)
    /// An image in a layout.
    case image(PlacedImage)

    /// Parses `oci:DIR[:TAG]`, or reads the lock file of that name.
    ///
    /// - Parameter compression: The preferred compression, when a layout has two images for the platform.
    /// - Throws: `CommandError`, `LockError`, `OCIError`, `FileError`.
    init(_ text: String, platform: Platform, preferring compression: LayerCompression) throws {
        if let layout = try LayoutReference(text) {
            self = .image(try layout.image(for: platform, preferring: compression))
        } else {
            guard Files.exists(FilePath(text)) else { throw CommandError.notComparable(text) }
            self = .lock(try VersionsLock.load(FilePath(text)))
        }
    }

    /// Whether it is an image with zstd layers.
    var isZstd: Bool {
        if case .image(let placed) = self { placed.image.isZstd } else { false }
    }

    /// The packages for the architecture of `platform`.
    ///
    /// - Throws: As `PackageList.init`.
    func packages(_ platform: Platform) throws -> PackageList {
        switch self {
        case .lock(let lock): PackageList(lock, architecture: platform.architecture)
        case .image(let image): try PackageList(image)
        }
    }
}

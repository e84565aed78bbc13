// SPDX-License-Identifier: Apache-2.0

import Assembly
import ImageDefinition
import Lockfile
import OCI
import SystemPackage

/// The inputs of a context.
package struct ContextRequest: Sendable {
    /// The pinned packages and artifacts.
    package let lock: VersionsLock
    /// The definition that the lock was resolved from.
    package let definition: ImageDefinition
    /// The directory `image/`.
    package let imageDirectory: FilePath
    /// The platform of the image.
    package let platform: Platform
    /// Whether the image contains the programs, or only Debian packages (`-base`).
    package let includesPrograms: Bool
    /// Local files in place of downloads, by the name of their program; they must have the locked digests.
    package let programFiles: [String: FilePath]
    /// The `devcontainer.metadata` label: how editors must start the image (containers.dev, "Image metadata").
    package let devcontainerMetadata: String
    /// The compression of the image's layers; the context's own layers are always gzip, which every engine supports.
    package let compression: LayerCompression

    /// Creates a request.
    package init(
        lock: VersionsLock, definition: ImageDefinition, imageDirectory: FilePath, platform: Platform,
        includesPrograms: Bool, programFiles: [String: FilePath] = [:], devcontainerMetadata: String,
        compression: LayerCompression = .gzip
    ) {
        self.lock = lock
        self.definition = definition
        self.imageDirectory = imageDirectory
        self.platform = platform
        self.includesPrograms = includesPrograms
        self.programFiles = programFiles
        self.devcontainerMetadata = devcontainerMetadata
        self.compression = compression
    }

    /// The version of the image, as in its label and tag.
    package var version: String { includesPrograms ? definition.version : "\(definition.version)-base" }

    /// The programs of the image, in the order of their layers.
    var programs: [ProgramDefinition] { includesPrograms ? definition.programs : [] }

    /// The filter for the packages' files.
    var filter: PathFilter { PathFilter(excludes: definition.excludes, includes: definition.includes) }

    /// The locked packages of the platform.
    ///
    /// - Throws: `ContextError.missingArchitecture`.
    package func packages() throws -> [LockedPackage] {
        guard let packages = lock.architectures[platform.architecture], !packages.isEmpty else {
            throw ContextError.missingArchitecture(platform.architecture)
        }
        return packages
    }

    /// The files that each container of the image generates at its first start.
    ///
    /// - Throws: `ContextError.missingArchitecture`.
    func firstStart() throws -> FirstStart { FirstStart(packages: try packages().map(\.name.text)) }

    /// The image's files that do not come from packages.
    ///
    /// - Throws: `ContextError.missingArchitecture`.
    func rootFileSystem() throws -> RootFilesDirectory {
        RootFilesDirectory(
            directory: imageDirectory.appending("rootfs"), mtime: lock.epoch, firstStart: try firstStart())
    }
}

// SPDX-License-Identifier: Apache-2.0

import Assembly
import ImageDefinition
import Lockfile
import OCI
import SystemPackage

/// What a context is made from.
package struct ContextRequest: Sendable {
    /// The pinned packages and artifacts.
    package let lock: VersionsLock
    /// The definition that the lock was resolved from.
    package let definition: ImageDefinition
    /// The directory `image/`.
    package let imageDirectory: FilePath
    /// For which machine.
    package let platform: Platform
    /// Whether the agent goes in, or the image stops at Debian (`-base`).
    package let includesAgent: Bool
    /// A local file that stands for the agent's download; its digest must be the lock's all the same.
    package let agentFile: FilePath?
    /// The `devcontainer.metadata` label: how editors must start the image (containers.dev, "Image metadata").
    package let devcontainerMetadata: String
    /// How the image's layers are compressed; the context's own are always gzip, which every engine unpacks.
    package let compression: LayerCompression

    /// Brings the parts together.
    package init(
        lock: VersionsLock, definition: ImageDefinition, imageDirectory: FilePath, platform: Platform,
        includesAgent: Bool, agentFile: FilePath? = nil, devcontainerMetadata: String,
        compression: LayerCompression = .gzip
    ) {
        self.lock = lock
        self.definition = definition
        self.imageDirectory = imageDirectory
        self.platform = platform
        self.includesAgent = includesAgent
        self.agentFile = agentFile
        self.devcontainerMetadata = devcontainerMetadata
        self.compression = compression
    }

    /// The version of the image, as its label and tag say it.
    package var version: String { includesAgent ? definition.version : "\(definition.version)-base" }

    /// What is left out of packages.
    var filter: PathFilter { PathFilter(excludes: definition.excludes, includes: definition.includes) }

    /// The locked packages of the platform.
    ///
    /// - Throws: `AssemblyError.missingArchitecture`.
    func packages() throws -> [LockedPackage] {
        guard let packages = lock.architectures[platform.architecture], !packages.isEmpty else {
            throw ContextError.missingArchitecture(platform.architecture)
        }
        return packages
    }

    /// What containers of the image make for themselves.
    ///
    /// - Throws: `ContextError.missingArchitecture`.
    func firstStart() throws -> FirstStart { FirstStart(packages: try packages().map(\.name.text)) }

    /// The image's files that are no package's.
    ///
    /// - Throws: `ContextError.missingArchitecture`.
    func rootFileSystem() throws -> RootFilesDirectory {
        RootFilesDirectory(
            directory: imageDirectory.appending("rootfs"), mtime: lock.epoch, firstStart: try firstStart())
    }
}

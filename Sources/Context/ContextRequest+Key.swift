// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import ImageDefinition
import SystemPackage

extension ContextRequest {
    /// The digest of all inputs of the image: equal keys produce equal images.
    ///
    /// - Throws: `FileError` when a file of the image directory cannot be read.
    package func key() throws -> Digest {
        let rootfs = try rootFileSystem().overlay()
        let configure = try Files.read(imageDirectory.appending("configure"), limit: 1 << 20)
        let definition = try Files.read(imageDirectory.appending("image.yaml"), limit: 1 << 20)
        let parts =
            [
                AssemblyVersion.key, platform.description, "\(includesPrograms)", devcontainerMetadata,
                compression.rawValue,
                Digest(of: lock.serialized()).hex, Digest(of: definition).hex, Digest(of: configure).hex,
                rootfs.key.hex, DefinitionContents.label,
            ]
            + (try firstStart().removed)
        return Digest(of: parts.joined(separator: "\n").utf8)
    }
}

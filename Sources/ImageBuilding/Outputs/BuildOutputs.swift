// SPDX-License-Identifier: Apache-2.0

import Core
import Registry
import SystemPackage

/// The places of a built image.
package struct BuildOutputs: Sendable {
    /// The image's names.
    package let tags: [String]
    /// The name that follows from the definition: the image has it on this machine besides `tags`.
    package var localTag: String?
    /// The outputs besides the store.
    package let destinations: [OutputDestination]
    /// Whether the image is also loaded into Docker or Podman.
    package var loads = false
    /// The settings for pushing to the registries of the tags; `nil` for no push.
    package var pushes: RegistrySettings?

    /// Creates outputs.
    package init(tags: [String], destinations: [OutputDestination]) {
        (self.tags, self.destinations) = (tags, destinations)
    }

    /// The names on this machine, without duplicates.
    var localTags: [String] { tags + [localTag].compactMap(\.self).filter { !tags.contains($0) } }
}

/// An output of a build besides the store.
package enum OutputDestination: Hashable, Sendable {
    /// An OCI image layout in a directory.
    case layout(FilePath)
    /// An archive for `docker load`.
    case dockerArchive(FilePath)

    /// Refuses links on the path that a container may have made.
    ///
    /// - Throws: `OutputError.link`, `FileError`.
    package func checkPath() throws {
        switch self {
        case .layout(let directory): try OutputFile.checkDirectory(directory.pushing("blobs/sha256"))
        case .dockerArchive(let file): _ = try OutputFile(file)
        }
    }
}

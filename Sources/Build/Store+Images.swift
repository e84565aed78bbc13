// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage

extension Store {
    /// The image layout with all locally built images, by tag.
    package var imagesDirectory: FilePath { root.appending("images") }

    /// The locally built image `name` for `platform`; `nil` when no image has that name.
    ///
    /// - Throws: `OCIError.missingPlatform` when it exists only for other platforms; `OCIError`, `FileError`.
    package func builtImage(_ name: String, for platform: Platform) throws -> BuiltImage? {
        do {
            let image = try ImageLayout(root: imagesDirectory)
                .image(tag: ImageReference(name).description, platform: platform)
            return BuildRecords(store: self).image(manifest: image.digest)
        } catch OCIError.unknownTag { return nil }
    }
}

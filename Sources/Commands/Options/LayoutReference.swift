// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage

/// An image in an OCI layout, as the command line names it: `oci:DIR[:TAG]`.
struct LayoutReference: Hashable {
    let folder: FilePath
    let tag: String?

    /// Parses `oci:DIR[:TAG]`; `nil` when it does not begin with `oci:`.
    ///
    /// Folders and tags may both have colons: the folder is the shortest beginning that is an image layout.
    ///
    /// - Throws: `CommandError.notALayout`.
    init?(_ text: String) throws {
        guard text.hasPrefix("oci:") else { return nil }
        let parts = text.dropFirst("oci:".count).split(separator: ":", omittingEmptySubsequences: false)
        for count in stride(from: 1, through: parts.count, by: 1) {
            let folder = FilePath(parts[..<count].joined(separator: ":"))
            guard Files.exists(folder.appending("oci-layout")) else { continue }
            self.folder = folder
            tag = count < parts.count ? parts[count...].joined(separator: ":") : nil
            return
        }
        throw CommandError.notALayout(text)
    }

    /// The image for `platform`.
    ///
    /// - Throws: `CommandError.ambiguousLayout` when there are several and no tag says which; `OCIError`, `FileError`.
    func image(for platform: Platform) throws -> PlacedImage {
        let layout = ImageLayout(root: folder)
        let tags = try layout.tags()
        guard let tag = tag ?? (tags.count == 1 ? tags.first : nil) else {
            throw CommandError.ambiguousLayout(folder.string, tags)
        }
        return PlacedImage(image: try layout.image(tag: tag, platform: platform), root: folder)
    }
}

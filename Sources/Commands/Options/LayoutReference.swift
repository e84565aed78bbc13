// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import SystemPackage
import Trust

/// An image in an OCI layout on the command line: `oci:DIR[:TAG]`.
struct LayoutReference: Hashable {
    let directory: FilePath
    let tag: String?

    /// Parses `oci:DIR[:TAG]`; `nil` when it does not begin with `oci:`.
    ///
    /// Directories and tags may both contain colons: the directory is the shortest prefix that is an image layout.
    ///
    /// - Throws: `CommandError.notALayout`.
    init?(_ text: String) throws {
        guard text.hasPrefix("oci:") else { return nil }
        let parts = text.dropFirst("oci:".count).split(separator: ":", omittingEmptySubsequences: false)
        for count in stride(from: 1, through: parts.count, by: 1) {
            let directory = FilePath(parts[..<count].joined(separator: ":"))
            guard Files.exists(directory.appending("oci-layout")) else { continue }
            self.directory = directory
            tag = count < parts.count ? parts[count...].joined(separator: ":") : nil
            return
        }
        throw CommandError.notALayout(text)
    }

    /// Creates a reference from its parts.
    init(directory: FilePath, tag: String?) {
        self.directory = directory
        self.tag = tag
    }

    /// The tag of the command line, or that of the only image: signatures and heartbeats have tags too. Of a full name,
    /// `registry/path:1.0.0`, the tag `1.0.0` suffices if it is unique.
    ///
    /// - Throws: `CommandError.ambiguousLayout`, `OCIError.unknownTag`; `OCIError`, `FileError`.
    func chosenTag() throws -> String {
        let all = try ImageLayout(root: directory).tags()
        if let tag, all.contains(tag) { return tag }
        let images = all.filter { !RepositoryCopy.isAttachment(tag: $0) && $0 != Heartbeat.tag }
        guard let tag else {
            guard images.count == 1 else { throw CommandError.ambiguousLayout(directory.string, images) }
            return images[0]
        }
        let meant = images.filter { $0.hasSuffix(":\(tag)") }
        guard meant.count == 1 else { throw OCIError.unknownTag(String(tag.prefix(200)), among: images, in: directory) }
        return meant[0]
    }

    /// The image for `platform`.
    ///
    /// - Parameter compression: The preferred compression, when there are two images.
    /// - Throws: `CommandError.ambiguousLayout` when there are several images and no tag; `OCIError`, `FileError`.
    func image(for platform: Platform, preferring compression: LayerCompression = .gzip) throws -> PlacedImage {
        let (layout, tag) = (ImageLayout(root: directory), try chosenTag())
        let image = try layout.image(tag: tag, platform: platform, preferring: compression)
        return PlacedImage(image: image, root: directory)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// An OCI image layout (image-layout.md): a directory with `oci-layout`, `index.json` and the blobs.
///
/// Blobs are hard links to the store's files, or copies on another file system; they must not be changed in place.
/// Entries of other tools in the index are preserved.
package struct ImageLayout: Sendable {
    /// The directory.
    package let root: FilePath

    /// The annotation for a tag (OCI annotations.md).
    static let referenceName = "org.opencontainers.image.ref.name"
    /// The contents of the file `oci-layout`.
    static let marker = JSONValue.object(["imageLayoutVersion": .string("1.0.0")]).canonical()

    /// Creates a layout at `root`; `publish` creates the directory when it does not exist.
    package init(root: FilePath) { self.root = root }

    var index: FilePath { root.appending("index.json") }

    /// Adds `images` and points each of `tags` at them: at the image itself, or at an index of the images for each
    /// platform and compression.
    ///
    /// An existing tag is moved; publishing again changes nothing. Without tags the images get an entry without a name.
    /// Safe for concurrent processes that publish into the same directory.
    ///
    /// - Returns: The digest of the image's manifest or of the index.
    /// - Throws: `OCIError.noImages`, `.duplicatePlatform`, `.invalidTag`, `.missingBlob`, `.notALayout`, `FileError`;
    ///   the tags are unchanged in that case.
    @discardableResult
    package func publish(_ images: [Image], tags: [String], from store: Store) throws -> Digest {
        for tag in tags where !ReferenceGrammar.isReferenceName(tag) {
            throw OCIError.invalidTag(String(tag.prefix(200)))
        }
        let top = try Self.top(of: images, into: store)
        try prepare()
        for blob in images.flatMap(\.blobs) + [top] { try place(blob.file(in: store.root)) }
        try withIndexLock {
            let entries = try readEntries()
            try write(Self.entries(entries, naming: top, tags), unlike: entries)
        }
        return top.digest
    }

    /// The descriptor of the tagged blob.
    ///
    /// - Throws: `OCIError.unknownTag`, `.document`, `FileError`.
    package func resolve(tag: String) throws -> Descriptor {
        guard let entry = try readEntries().first(where: { Self.name(of: $0) == tag }) else {
            throw OCIError.unknownTag(String(tag.prefix(200)), among: try tags(), in: root)
        }
        return try Document.decode(Descriptor.self, "entry '\(tag)' of \(index)", entry.canonical())
    }

    /// The tags in the index, sorted by their bytes.
    ///
    /// - Throws: `OCIError.notALayout`, `.document`, `FileError`.
    package func tags() throws -> [String] {
        Set(try readEntries().compactMap(Self.name)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The images of the tag, in the order of their index.
    ///
    /// - Throws: `OCIError`, `FileError`.
    package func images(tag: String) throws -> [Image] {
        let top = try resolve(tag: tag)
        switch top.mediaType {
        case .manifest: return [try Image.load(top.digest, below: root)]
        case .index:
            let list = try Document.read(ImageIndex.self, "index", top.digest, in: root).value
            return try list.manifests.map { try Image.load($0.digest, below: root) }
        case let other: throw OCIError.wrongMediaType(other, wanted: .manifest)
        }
    }

    /// The image of the tag for `platform`.
    ///
    /// - Parameter compression: The preferred variant, when there are gzip and zstd images.
    /// - Throws: `OCIError.unknownTag`, `.missingPlatform` and the errors of `images(tag:)`.
    package func image(tag: String, platform: Platform, preferring compression: LayerCompression = .gzip) throws
        -> Image
    {
        let found = try images(tag: tag).filter { $0.platform == platform }
        guard let image = found.first(where: { $0.isZstd == (compression == .zstd) }) ?? found.first else {
            throw OCIError.missingPlatform(platform, tag: String(tag.prefix(200)))
        }
        return image
    }

    /// The descriptor for a tag: the only image, or a new index that is written to `store`, sorted by platform, gzip
    /// before zstd.
    ///
    /// - Throws: `OCIError.noImages`, `.duplicatePlatform`, `FileError`.
    package static func top(of images: [Image], into store: Store) throws -> Descriptor {
        guard let first = images.first else { throw OCIError.noImages }
        if images.count == 1 { return first.descriptor }
        var seen: Set<String> = []
        for image in images where !seen.insert(image.place).inserted {
            throw OCIError.duplicatePlatform(image.platform)
        }
        let sorted = images.sorted { $0.place < $1.place }.map(\.listed)
        return try Image.insert(ImageIndex(manifests: sorted), .index, into: store)
    }
}

extension Image {
    /// The sort key in an index, which must be unique.
    fileprivate var place: String { "\(platform) \(isZstd ? "zstd" : "gzip")" }
}

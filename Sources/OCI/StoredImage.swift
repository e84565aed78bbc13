// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// An image as files: from a layout or an archive.
package struct StoredImage: Sendable {
    /// A layer of the image.
    package struct Layer: Sendable {
        /// Its digest in the image.
        package let digest: Digest
        /// Its file, compressed or not.
        package let file: FilePath
        /// The size of the file in bytes.
        package let size: UInt64
    }

    /// The digest of the manifest, or of the configuration when there is no manifest.
    package let digest: Digest
    /// The configuration.
    package let configuration: ImageConfiguration
    /// The layers, lowest first.
    package let layers: [Layer]
}

extension ImageLayout {
    /// The image with that tag, or the only one; all bytes are verified against their digests.
    ///
    /// - Throws: `OCIError`, `FileError`.
    package func stored(tag: String?, platform: Platform) throws -> StoredImage {
        guard Files.exists(root.appending("oci-layout")) else { throw OCIError.notALayout(root) }
        let known = try tags()
        guard let tag = tag ?? (known.count == 1 ? known.first : nil) else {
            throw OCIError.notOneImage(known, in: root)
        }
        let image = try image(tag: tag, platform: platform)
        for blob in image.blobs { try blob.file(in: root).check() }
        return StoredImage(
            digest: image.digest, configuration: image.configuration,
            layers: image.manifest.layers.map {
                .init(digest: $0.digest, file: $0.file(in: root).path, size: $0.size)
            })
    }
}

extension DockerArchive {
    /// Reads the first image of an archive in the format of `docker save`, unpacked below `directory`. The layers are
    /// verified against the digests of the configuration.
    ///
    /// - Throws: `OCIError.document`, `ArchiveError`, `FileError`.
    package static func read(_ file: FilePath, unpackedTo directory: FilePath) throws -> StoredImage {
        try Files.makeDirectories(directory)
        let writer = try TreeWriter(root: directory, setsOwners: false)
        try ArchiveReader(file: file, name: file.string).forEach { entry, contents in
            var plain = entry
            plain.mode = entry.size > 0 || entry.path.name.contains(".") ? 0o600 : 0o700
            try writer.write(plain, contents: contents)
        }
        try writer.finish()
        let manifest = try Document.decode(
            [Entry].self, "manifest.json of \(file)", Files.read(directory.appending("manifest.json"), limit: 1 << 20))
        guard let first = manifest.first else {
            throw OCIError.document("manifest.json of \(file)", problem: "it names no image.")
        }
        return try image(first, of: file, in: directory)
    }

    private struct Entry: Decodable {
        let Config: String
        let Layers: [String]
    }

    private static func image(_ entry: Entry, of file: FilePath, in directory: FilePath) throws -> StoredImage {
        // Each name is a valid path in the archive, so that it stays below the directory; symbolic links are not
        // followed.
        let place = { (name: String) in directory.pushing(FilePath(try ArchivePath(name).string)) }
        let bytes = try regular(place(entry.Config), limit: 4 << 20)
        let name = "configuration of \(file)"
        let configuration = try Document.decode(ImageConfiguration.self, name, bytes)
        guard configuration.rootfs.diffIDs.count == entry.Layers.count else {
            throw OCIError.layerCount(layers: entry.Layers.count, configured: configuration.rootfs.diffIDs.count)
        }
        let layers = try zip(entry.Layers, configuration.rootfs.diffIDs).map { layer, digest in
            let path = try place(layer)
            try check(path, is: digest)
            return StoredImage.Layer(digest: digest, file: path, size: UInt64(try Files.status(of: path).st_size))
        }
        return StoredImage(digest: Digest(of: bytes), configuration: configuration, layers: layers)
    }

    private static func regular(_ path: FilePath, limit: Int) throws -> [UInt8] {
        guard (try Files.status(of: path).st_mode & 0o170000) == 0o100000 else {
            throw FileError("read", path, .invalidArgument)
        }
        return try Files.read(path, limit: limit)
    }

    /// Verifies a layer: the digest is that of the uncompressed tar (image-spec, config.md, "DiffID").
    private static func check(_ path: FilePath, is digest: Digest) throws {
        guard (try Files.status(of: path).st_mode & 0o170000) == 0o100000 else {
            throw FileError("read", path, .invalidArgument)
        }
        var hasher = DigestHasher()
        try Decompression.stream(file: path, limit: 16 << 30) { hasher.update($0) }
        guard hasher.finalize() == digest else {
            throw OCIError.document("layer \(path.lastComponent?.string ?? "")", problem: "it is not \(digest).")
        }
    }
}

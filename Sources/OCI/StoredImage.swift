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
    /// The bytes of the configuration.
    let configurationBytes: [UInt8]
    /// The layers, lowest first.
    package let layers: [Layer]
}

extension ImageLayout {
    /// The image with that tag, or the only one; all bytes are verified against their digests.
    ///
    /// - Throws: `OCIError`, `FileError`.
    package func stored(tag: String?, platform: Platform) throws -> StoredImage {
        let image = try image(tag, platform: platform)
        for blob in image.blobs { try blob.file(in: root).check() }
        return StoredImage(
            digest: image.digest, configuration: image.configuration,
            configurationBytes: try Document.readBytes(image.manifest.config.digest, in: root),
            layers: image.manifest.layers.map {
                .init(digest: $0.digest, file: $0.file(in: root).path, size: $0.size)
            })
    }
}

extension ImageLayout {
    /// The image with that tag, or the only one; its blobs are not read.
    ///
    /// - Throws: `OCIError.notALayout`, `.notOneImage`, `.unknownTag`, `.missingPlatform`, errors of the documents,
    ///   `FileError`.
    func image(_ tag: String?, platform: Platform) throws -> Image {
        guard Files.exists(root) else { throw FileError("read", root, .noSuchFileOrDirectory) }
        guard Files.exists(root.appending("oci-layout")) else { throw OCIError.notALayout(root) }
        let top = try tag.map { try resolve(tag: $0) } ?? onlyEntry()
        let found = try images(of: top, for: platform).filter { $0.platform == platform }
        guard let image = found.first(where: { !$0.isZstd }) ?? found.first else {
            throw OCIError.missingPlatform(platform, tag: tag.map { String($0.prefix(200)) } ?? "\(root)")
        }
        return image
    }

    /// The only tagged document, or the only one; other programs write images without a tag.
    private func onlyEntry() throws -> Descriptor {
        let known = try tags()
        if known.count == 1 { return try resolve(tag: known[0]) }
        let entries = try readEntries()
        guard known.isEmpty, let first = entries.first, entries.allSatisfy({ $0["digest"] == first["digest"] }) else {
            throw OCIError.notOneImage(known, in: root)
        }
        return try Document.decode(Descriptor.self, "entry of \(index)", first.canonical())
    }

    /// The images of a document. Of an index only those that may be for `platform`: an index of BuildKit also lists
    /// attestations, whose platform is unknown.
    private func images(of top: Descriptor, for platform: Platform) throws -> [Image] {
        guard top.mediaType == .index else { return try [Image.load(top.digest, below: root)] }
        let list = try Document.read(JSONValue.self, "index", top.digest, in: root).value["manifests"]?.array ?? []
        let wanted = list.filter { entry in
            guard let told = entry["platform"] else { return true }
            return told["os"]?.string == platform.os && told["architecture"]?.string == platform.architecture
        }
        return try wanted.map {
            let entry = try Document.decode(Descriptor.self, "entry of index \(top.digest)", $0.canonical())
            return try Image.load(entry.digest, below: root)
        }
    }
}

extension DockerArchive {
    /// Reads the only image of an archive in the format of `docker save`, unpacked below `directory`. The layers are
    /// verified against the digests of the configuration.
    ///
    /// - Parameter name: The archive's name in errors; `nil` for its path.
    /// - Throws: `OCIError.document`, `.severalImages`, `ArchiveError`, `FileError`.
    package static func read(
        _ file: FilePath, named name: String? = nil, platform: Platform, unpackedTo directory: FilePath
    ) throws -> StoredImage {
        let name = name ?? file.string
        try Files.makeDirectories(directory)
        let writer = try TreeWriter(root: directory, setsOwners: false)
        try ArchiveReader(file: file, name: name).forEach { entry, contents in
            // Not needed, and a directory behind one would be elsewhere.
            if case .symlink = entry.kind { return }
            var plain = entry
            plain.mode = entry.size > 0 || entry.path.name.contains(".") ? 0o600 : 0o700
            try writer.write(plain, contents: contents)
        }
        try writer.finish()
        guard Files.exists(directory.appending("manifest.json")) else {
            return try layout(of: name, in: directory, for: platform)
        }
        let manifest = try Document.decode(
            [Entry].self, "manifest.json of \(name)", Files.read(directory.appending("manifest.json"), limit: 1 << 20))
        guard let first = manifest.first else {
            throw OCIError.document("manifest.json of \(name)", problem: "it names no image.")
        }
        guard manifest.count == 1 else { throw OCIError.severalImages(name) }
        return try image(first, of: name, in: directory)
    }

    /// The image of an archive with a layout (containers-transports(5), `oci-archive`).
    private static func layout(
        of name: String, in directory: FilePath, for platform: Platform
    ) throws -> StoredImage {
        do { return try ImageLayout(root: directory).stored(tag: nil, platform: platform) } catch let error as OCIError
        {
            switch error {
            case .notALayout: throw OCIError.notAnArchive(name)
            case .notOneImage: throw OCIError.severalImages(name)
            case .missingPlatform: throw OCIError.missingPlatform(platform, tag: name)
            default: throw error
            }
        }
    }

    private struct Entry: Decodable {
        let Config: String
        let Layers: [String]
    }

    private static func image(_ entry: Entry, of archive: String, in directory: FilePath) throws -> StoredImage {
        // Each name is a valid path in the archive, so that it stays below the directory, where no link is.
        let place = { (name: String) in
            let path = directory.pushing(FilePath(try ArchivePath(name).string))
            guard (try? Files.status(of: path).st_mode & 0o170000) == 0o100000 else {
                throw OCIError.document("manifest.json of \(archive)", problem: "'\(name)' is not a file in it.")
            }
            return path
        }
        let bytes = try Files.read(place(entry.Config), limit: 4 << 20)
        let configuration = try Document.decode(ImageConfiguration.self, "configuration of \(archive)", bytes)
        guard configuration.rootfs.diffIDs.count == entry.Layers.count else {
            throw OCIError.layerCount(layers: entry.Layers.count, configured: configuration.rootfs.diffIDs.count)
        }
        let layers = try zip(entry.Layers, configuration.rootfs.diffIDs).map { layer, digest in
            let path = try place(layer)
            try check(path, is: digest)
            return StoredImage.Layer(digest: digest, file: path, size: UInt64(try Files.status(of: path).st_size))
        }
        return StoredImage(
            digest: Digest(of: bytes), configuration: configuration, configurationBytes: bytes, layers: layers)
    }

    /// Verifies a layer: the digest is that of the uncompressed tar (image-spec, config.md, "DiffID").
    private static func check(_ path: FilePath, is digest: Digest) throws {
        var hasher = DigestHasher()
        try Decompression.stream(file: path, limit: 16 << 30) { hasher.update($0) }
        guard hasher.finalize() == digest else {
            throw OCIError.document("layer \(path.lastComponent?.string ?? "")", problem: "it is not \(digest).")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// Copies images of other programs into a store.
///
/// Their files are untrusted, and another process may change them meanwhile: every blob is copied, never linked, and
/// its digest is that of the copied bytes.
package struct ImageImport: Sendable {
    private let store: Store
    private let platform: Platform
    /// Called before an image is copied.
    private let began: @Sendable () -> Void

    /// The limit of the number of layers, which is that of overlay file systems and engines.
    private static let layerLimit = 127
    /// The limit of the sizes of all layers in bytes, as they are stored.
    private static let sizeLimit = ArchiveLimits().totalBytes

    /// Imports images for `platform` into `store`.
    ///
    /// - Parameter began: Called before an image is copied, which takes a while.
    package init(into store: Store, platform: Platform, began: @escaping @Sendable () -> Void = {}) {
        (self.store, self.platform, self.began) = (store, platform, began)
    }

    /// Imports the image of a layout with that tag, or the only one.
    ///
    /// - Throws: `OCIError`, `StoreError`, `FileError`.
    package func image(in layout: ImageLayout, tag: String?) throws -> Image {
        let image = try layout.image(tag, platform: platform)
        try check(image.manifest.layers)
        let missing = image.blobs.filter { !store.contains($0.digest, size: $0.size) }
        if !missing.isEmpty { began() }
        for blob in missing {
            let writer = try BlobWriter(store: store)
            try blob.file(in: layout.root).stream { try writer.write($0) }
            _ = try writer.commit(expecting: blob.digest)
        }
        return try Image.load(image.digest, from: store)
    }

    /// Imports the image of an archive in the format of `docker save`, or with a layout.
    ///
    /// The first time, the archive is copied, and the copy is unpacked. `key` is then recorded for the
    /// image; later calls with the same key do not read the archive, as long as the image is complete.
    ///
    /// - Parameters:
    ///   - key: What identifies the image; `nil` for the archive's digest.
    ///   - archive: Provides the archive's path for a closure.
    /// - Throws: `OCIError`, `ArchiveError`, `FileError`, errors of `archive`.
    package func image(
        inArchive name: String, key: Digest?, from archive: () async throws -> FilePath
    ) async throws -> Image {
        if let key, let known = recorded(key) { return try checked(known, name) }
        if key != nil { began() }
        let file = try await archive()
        if key == nil, let known = recorded(try digest(of: file)) { return try checked(known, name) }
        if key == nil { began() }
        let directory = store.temporaryPath()
        defer { try? Files.removeTree(directory) }
        try Files.makeDirectories(directory)
        let copy = directory.appending("archive")
        let digest = try Self.copy(file, to: copy)
        let stored = try DockerArchive.read(
            copy, named: name, platform: platform, unpackedTo: directory.appending("files"))
        let image = try checked(inserted(stored), name)
        try Files.makeDirectories(store.root.appending("run"))
        try Files.write(Array("\(image.digest)".utf8), to: record(of: key ?? digest))
        return image
    }

    /// The digest of an archive, read as a stream.
    private func digest(of file: FilePath) throws -> Digest {
        var hasher = DigestHasher()
        try Self.stream(file) { hasher.update($0) }
        return hasher.finalize()
    }

    /// Copies an archive and returns the digest of the copy.
    private static func copy(_ source: FilePath, to target: FilePath) throws -> Digest {
        let file = try mapErrno("create", target) {
            try FileDescriptor.open(
                target, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        }
        defer { try? file.close() }
        var hasher = DigestHasher()
        try stream(source) { bytes in
            hasher.update(bytes)
            try mapErrno("write", target) { _ = try file.writeAll(bytes) }
        }
        return hasher.finalize()
    }

    private static func stream(_ path: FilePath, to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        try Files.mustBeRegular(path)
        let file = try mapErrno("read", path) {
            try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        }
        defer { try? file.close() }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var total: UInt64 = 0
        while true {
            let count = try mapErrno("read", path) { try buffer.withUnsafeMutableBytes { try file.read(into: $0) } }
            guard count > 0 else { return }
            total += UInt64(count)
            guard total <= sizeLimit else { throw FileError("read", path, .fileTooLarge) }
            try buffer.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    private func record(of key: Digest) -> FilePath {
        store.root.appending("run").appending("imported-\(key.hex.prefix(32))")
    }

    private func recorded(_ key: Digest) -> Image? {
        guard let bytes = try? Files.read(record(of: key), limit: 256),
            let manifest = try? Digest(String(decoding: bytes, as: UTF8.self)),
            let image = try? Image.load(manifest, from: store),
            image.blobs.allSatisfy({ store.contains($0.digest, size: $0.size) })
        else { return nil }
        return image
    }

    private func checked(_ image: Image, _ name: String) throws -> Image {
        guard image.platform == platform else { throw OCIError.missingPlatform(platform, tag: name) }
        return image
    }

    private func check(_ layers: [Descriptor]) throws {
        guard layers.count <= Self.layerLimit else {
            throw OCIError.tooManyLayers(layers.count, limit: Self.layerLimit)
        }
        let (total, isTooLarge) = layers.reduce((UInt64(0), false)) { sum, layer in
            let (value, overflow) = sum.0.addingReportingOverflow(layer.size)
            return (value, sum.1 || overflow)
        }
        guard !isTooLarge, total <= Self.sizeLimit else { throw OCIError.tooLarge(limit: Self.sizeLimit) }
    }

    /// Writes the image's configuration, unchanged, its layers and a manifest to the store.
    private func inserted(_ stored: StoredImage) throws -> Image {
        let layers = try stored.layers.map { layer in
            let writer = try BlobWriter(store: store)
            var start: [UInt8] = []
            try Self.stream(layer.file) { bytes in
                if start.isEmpty { start = Array(bytes.prefix(4)) }
                try writer.write(bytes)
            }
            let size = writer.size
            return Descriptor(mediaType: .layer(startingWith: start), digest: try writer.commit(), size: size)
        }
        try check(layers)
        let config = Descriptor(
            mediaType: .config, digest: try store.insert(stored.configurationBytes),
            size: UInt64(stored.configurationBytes.count))
        let manifest = try Image.insert(ImageManifest(config: config, layers: layers), .manifest, into: store)
        return try Image.load(manifest.digest, from: store)
    }
}

extension MediaType {
    /// The type of a layer by its first bytes (RFC 1952, 2.3.1; RFC 8878, 3.1.1).
    fileprivate static func layer(startingWith bytes: [UInt8]) -> MediaType {
        if bytes.starts(with: [0x1F, 0x8B]) { return .layerGzip }
        return bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) ? .layerZstd : .layer
    }
}

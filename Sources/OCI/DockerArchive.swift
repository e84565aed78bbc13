// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// The tar that `docker load` and `podman load` read (moby's image specification v1.2, `manifest.json`), which is also
/// an OCI image layout: newer engines read `index.json`, older ones `manifest.json`, with the same blobs. zstd layers
/// are stored uncompressed, which every engine supports.
package struct DockerArchive {
    /// The annotation with the name of an image, for containerd and Docker with its image store.
    private static let containerdName = "io.containerd.image.name"

    /// Writes `image` with the names `references`, streaming the layers; a name without a tag gets `latest`.
    ///
    /// The output is deterministic; `created` (seconds since 1970) is the time of all entries.
    ///
    /// - Parameter isLayout: Whether the archive is also an OCI image layout. Podman prefers the layout, and ignores
    ///   health checks in OCI images.
    /// - Throws: `OCIError.digestInName`, `.missingBlob`, `.corruptBlob`, `ArchiveError`, `FileError`, errors of
    ///   `sink`; the output is incomplete in that case.
    package static func write(
        _ image: Image, references: [ImageReference], from store: Store, created: Int64, isLayout: Bool = true,
        to sink: @escaping ByteSink
    ) throws {
        let names = try references.map(tagged)
        let archived = try ArchivedImage(image, in: store)
        let tar = try TarWriter(to: sink)
        let directory = { path in
            try tar.append(ArchiveEntry(path: ArchivePath(path), kind: .directory, mode: 0o755, mtime: created))
        }
        let file = { path, size, contents in
            let entry = ArchiveEntry(path: try ArchivePath(path), kind: .file(size: size), mode: 0o644, mtime: created)
            try tar.append(entry, contents: contents)
        }
        // Small files first, for readers of a pipe.
        let layout = isLayout ? [("oci-layout", ImageLayout.marker), ("index.json", try index(archived, names))] : []
        for (path, value) in layout + [("manifest.json", manifest(archived, image.manifest.config, names))] {
            try file(path, UInt64(value.count)) { write in try value.withUnsafeBytes { try write($0) } }
        }
        try directory("blobs")
        try directory("blobs/sha256")
        for blob in archived.blobs {
            try file(path(of: blob), blob.size) { write in try archived.stream(blob, to: write) }
        }
        try tar.finish()
    }

    /// The digest of the manifest in the archive of `image`: Docker with containerd's image store uses it as the
    /// image's id.
    ///
    /// - Throws: `OCIError.missingBlob`, `ArchiveError`, `FileError`.
    package static func manifest(of image: Image, from store: Store) throws -> Digest {
        try ArchivedImage(image, in: store).descriptor.digest
    }

    private static func path(of blob: Descriptor) -> String { "blobs/sha256/\(blob.digest.hex)" }

    /// The name of an image to load has a tag and must not have a digest, which the engine computes.
    private static func tagged(_ reference: ImageReference) throws -> ImageReference {
        if reference.digest != nil { throw OCIError.digestInName(reference.description) }
        return try ImageReference(
            registry: reference.registry, repository: reference.repository, tag: reference.tag ?? "latest")
    }

    /// `manifest.json`: a list with the one image.
    private static func manifest(
        _ image: ArchivedImage, _ config: Descriptor, _ names: [ImageReference]
    ) -> [UInt8] {
        let layers = image.layers.map { JSONValue.string(path(of: $0)) }
        let tags = names.map { JSONValue.string($0.familiar) }
        let entry = JSONValue.object([
            "Config": .string(path(of: config)), "RepoTags": .array(tags), "Layers": .array(layers),
        ])
        return JSONValue.array([entry]).canonical()
    }

    /// `index.json`: the image once for each name, or once without a name.
    private static func index(_ image: ArchivedImage, _ names: [ImageReference]) throws -> [UInt8] {
        var entries = names.map { name in
            var entry = image.descriptor
            entry.annotations = [containerdName: name.normalized, ImageLayout.referenceName: name.tag ?? ""]
            return entry
        }
        if entries.isEmpty { entries = [image.descriptor] }
        return try CanonicalJSON.encode(ImageIndex(manifests: entries))
    }
}

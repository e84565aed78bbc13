// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// The tar that `docker load` and `podman load` read (moby's image specification v1.2, `manifest.json`), which is an
/// OCI image layout too: newer engines follow `index.json`, older ones `manifest.json`, to the same blobs. Layers of
/// zstd are in it without compression, which every engine reads.
package struct DockerArchive {
    /// The annotation by which containerd, and Docker on top of it, names a loaded image.
    private static let containerdName = "io.containerd.image.name"

    /// Writes `image` under the names `references`, streaming the layers; a name without a tag gets `latest`.
    ///
    /// The same image and names give the same bytes; `created` (seconds since 1970) is the time of every entry.
    ///
    /// - Parameter isLayout: Whether it is an OCI image layout too. Podman takes that first when it is there, and knows
    ///   no health check of an image in OCI's form.
    /// - Throws: `OCIError.digestInName`, `.missingBlob`, `.corruptBlob`, `ArchiveError`, `FileError`, what `sink`
    ///   throws; what was given to `sink` until then is no archive.
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
        // The small ones first, for readers of a pipe.
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

    /// The digest of the manifest that the archive of `image` has: by it Docker on top of containerd calls the image.
    ///
    /// - Throws: `OCIError.missingBlob`, `ArchiveError`, `FileError`.
    package static func manifest(of image: Image, from store: Store) throws -> Digest {
        try ArchivedImage(image, in: store).descriptor.digest
    }

    private static func path(of blob: Descriptor) -> String { "blobs/sha256/\(blob.digest.hex)" }

    /// A name for an image that is being loaded has a tag and cannot have a digest, which the engine computes.
    private static func tagged(_ reference: ImageReference) throws -> ImageReference {
        if reference.digest != nil { throw OCIError.digestInName(reference.description) }
        return try ImageReference(
            registry: reference.registry, repository: reference.repository, tag: reference.tag ?? "latest")
    }

    /// `manifest.json`: the image as a list of one.
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

    /// `index.json`: the image once for each name, or once without one.
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

// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension ImageLayout {
    /// Initializes the directory as a layout, unless it is one.
    func prepare() throws {
        let marker = root.appending("oci-layout")
        if Files.exists(marker) {
            try checkMarker()
        } else {
            // A non-empty directory is refused, except for leftovers of an interrupted initialization.
            let present = Files.exists(root) ? try Files.list(root) : []
            guard present.allSatisfy({ $0 == "blobs" || $0.hasPrefix(".oci-layout.") }) else {
                throw OCIError.notALayout(root)
            }
        }
        try Files.makeDirectories(root.appending("blobs").appending("sha256"))
        if !Files.exists(marker) { try Files.write(Self.marker, to: marker) }
    }

    /// Links a blob of the store into the layout; with `anew`, an existing file is replaced.
    func place(_ source: BlobFile, anew: Bool = false) throws {
        let target = BlobFile(digest: source.digest, size: source.size, root: root)
        guard source.exists else { throw OCIError.missingBlob(source.digest, in: source.root) }
        if target.exists, !anew { return }
        let temporary = root.appending("blobs").appending("sha256").appending(
            ".\(source.digest.hex).\(Files.uniqueSuffix())")
        defer { unlink(temporary.string) }
        if link(source.path.string, temporary.string) != 0 { try copy(source, to: temporary) }
        // Renaming also replaces a truncated file that an interrupted copy of another tool left behind.
        try mapErrno("rename", target.path) {
            guard rename(temporary.string, target.path.string) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// Copies a blob, for stores on another file system (EXDEV), of another owner (EPERM, proc(5)
    /// `protected_hardlinks`) or with too many links (EMLINK).
    private func copy(_ source: BlobFile, to path: FilePath) throws {
        let file = try mapErrno("create", path) {
            try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        }
        defer { try? file.close() }
        try source.stream { bytes in try mapErrno("write", path) { _ = try file.writeAll(bytes) } }
        try mapErrno("write", path) {
            guard fdatasync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
        }
    }

    /// Verifies all blobs that the index refers to against their digests.
    ///
    /// - Throws: `OCIError.missingBlob`, `.corruptBlob`, `.notALayout`, `.document`, `FileError`.
    package func check() throws {
        try checkMarker()
        var seen: Set<Digest> = []
        var waiting = try readEntries().map { try Self.reference($0, in: "index \(index)") }
        while let next = waiting.popLast() {
            guard seen.insert(next.blob.digest).inserted else { continue }
            try BlobFile(digest: next.blob.digest, size: next.blob.size, root: root).check()
            guard next.isDocument else { continue }
            waiting += try references(from: next.blob.digest)
        }
    }

    /// The files of blobs that the index does not refer to, for example after tags were moved; they may be removed
    /// while no process publishes.
    ///
    /// - Throws: `OCIError.document`, `.notALayout`, `FileError`.
    package func unreachableBlobs() throws -> [FilePath] {
        let directory = root.appending("blobs").appending("sha256")
        guard Files.isDirectory(directory) else { return [] }
        var seen: Set<String> = []
        var waiting = try readEntries().map { try Self.reference($0, in: "index \(index)") }
        while let next = waiting.popLast() {
            guard seen.insert(next.blob.digest.hex).inserted, next.isDocument else { continue }
            waiting += try references(from: next.blob.digest)
        }
        return try Files.list(directory).filter { !seen.contains($0) }.map(directory.appending)
    }

    /// The required fields of a descriptor; unknown platforms and types of other tools are accepted.
    private struct Reference {
        let blob: (digest: Digest, size: UInt64)
        let isDocument: Bool
    }

    /// The blobs that a manifest or an index refers to (manifest.md, image-index.md).
    private func references(from digest: Digest) throws -> [Reference] {
        let name = "document \(digest)"
        let value = try Document.decode(JSONValue.self, name, Document.readBytes(digest, in: root))
        let lists = [value["manifests"], value["layers"]].compactMap { $0?.array }.joined()
        return try (Array(lists) + [value["config"]].compactMap(\.self)).map { try Self.reference($0, in: name) }
    }

    private static func reference(_ value: JSONValue, in name: String) throws -> Reference {
        guard let text = value["digest"]?.string, let digest = try? Digest(text),
            let size = value["size"]?.integer.flatMap(UInt64.init(exactly:)), let type = value["mediaType"]?.string
        else { throw OCIError.document(name, problem: "it has a descriptor without type, SHA-256 digest and size.") }
        let documents = [MediaType.index.rawValue, MediaType.manifest.rawValue]
        return Reference(blob: (digest, size), isDocument: documents.contains(type))
    }
}

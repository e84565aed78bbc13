// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A blob as a file below `blobs/sha256` of a store or a layout, which have the same structure.
struct BlobFile {
    let digest: Digest
    let size: UInt64
    /// The directory with `blobs`.
    let root: FilePath

    var path: FilePath { root.appending("blobs").appending("sha256").appending(digest.hex) }

    /// Whether a regular file with that name and length exists.
    var exists: Bool {
        var status = stat()
        return stat(path.string, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && UInt64(status.st_size) == size
    }

    /// Streams the bytes to `sink` and verifies them on the way; the bytes are trusted only when this returns.
    ///
    /// - Throws: `OCIError.missingBlob`, `.corruptBlob`, `FileError`, errors of `sink`.
    func stream(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard exists else { throw OCIError.missingBlob(digest, in: root) }
        let file = try mapErrno("read", path) { try FileDescriptor.open(path, .readOnly, options: .closeOnExec) }
        defer { try? file.close() }
        var hasher = DigestHasher()
        var rest = size
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while rest > 0 {
            let count = try mapErrno("read", path) { try buffer.withUnsafeMutableBytes { try file.read(into: $0) } }
            guard count > 0, UInt64(count) <= rest else { throw OCIError.corruptBlob(digest, in: root) }
            rest -= UInt64(count)
            try buffer.withUnsafeBytes {
                let bytes = UnsafeRawBufferPointer(rebasing: $0[..<count])
                hasher.update(bytes)
                try sink(bytes)
            }
        }
        guard hasher.finalize() == digest else { throw OCIError.corruptBlob(digest, in: root) }
    }

    /// Reads and verifies all bytes.
    ///
    /// - Throws: As `stream(to:)`.
    func check() throws { try stream { _ in } }
}

extension Descriptor {
    /// The blob of this descriptor, below `root`.
    func file(in root: FilePath) -> BlobFile { BlobFile(digest: digest, size: size, root: root) }
}

// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

extension Store {
    /// Verifies a blob of `other`, which must be on the same file system, against its digest and hard-links it into
    /// this store.
    ///
    /// - Returns: Whether it is in this store now; a corrupt blob is not linked.
    /// - Throws: `FileError`.
    @discardableResult
    package func hardLink(_ digest: Digest, from other: Store) throws -> Bool {
        guard try other.isIntact(digest) else { return false }
        let target = path(of: digest)
        try mapErrno("link", target) {
            guard link(other.path(of: digest).string, target.string) == 0 || errno == EEXIST else {
                throw Errno(rawValue: errno)
            }
        }
        return true
    }

    /// Whether the blob exists and its bytes match its digest; reads all of it.
    ///
    /// - Throws: `FileError`.
    package func isIntact(_ digest: Digest) throws -> Bool {
        let path = path(of: digest)
        guard Files.exists(path) else { return false }
        return try Digest(ofFile: path) == digest
    }
}

extension Digest {
    /// Computes the digest of the file at `path`, which must not be a symbolic link.
    ///
    /// - Throws: `FileError`.
    package init(ofFile path: FilePath) throws {
        self = try mapErrno("read", path) {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow])
            return try file.closeAfter {
                var hasher = DigestHasher()
                var buffer = [UInt8](repeating: 0, count: 1 << 20)
                while case let count = try buffer.withUnsafeMutableBytes({ try file.read(into: $0) }), count > 0 {
                    buffer.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
                }
                return hasher.finalize()
            }
        }
    }
}

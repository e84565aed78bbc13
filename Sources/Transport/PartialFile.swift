// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A download in progress: hashed while it is written, kept when it is interrupted.
///
/// A content with a known digest has one partial file in the store, `tmp/partial-<digest>`, for all processes; the
/// process that holds its lock (flock(2)) writes it, and the next one continues there.
///
/// Unchecked: one download owns it, and passes it to the loop's thread only while it waits for that thread.
final class PartialFile: @unchecked Sendable {
    private let store: Store
    private let path: FilePath
    private let file: FileDescriptor
    private let isResumable: Bool
    private var hasher = DigestHasher()
    /// The number of bytes received.
    private(set) var count: UInt64 = 0

    private init(store: Store, path: FilePath, file: FileDescriptor, isResumable: Bool) {
        self.store = store
        self.path = path
        self.file = file
        self.isResumable = isResumable
    }

    /// The digest of the bytes received.
    var digest: Digest { hasher.finalize() }

    /// A file for a content with an unknown digest.
    ///
    /// - Throws: `FileError`.
    static func fresh(in store: Store) throws -> PartialFile {
        let path = store.temporaryPath()
        return PartialFile(store: store, path: path, file: try open(path), isResumable: false)
    }

    /// The partial file for `digest`; waits while another download of the same content runs.
    ///
    /// - Returns: `nil` when the content is in the store now.
    /// - Throws: `FileError`, `CancellationError`.
    static func claim(_ digest: Digest, size: UInt64?, in store: Store) async throws -> PartialFile? {
        let path = store.root.appending("tmp").appending("partial-\(digest.hex)")
        while !store.contains(digest, size: size) {
            let file = try open(path)
            if flock(file.rawValue, LOCK_EX | LOCK_NB) == 0, isStillThere(file, at: path) {
                let partial = PartialFile(store: store, path: path, file: file, isResumable: true)
                // The content may have been stored between the check above and the lock.
                if store.contains(digest, size: size) {
                    try partial.empty()
                } else {
                    try partial.readBack(atMost: size)
                }
                return store.contains(digest, size: size) ? nil : partial
            }
            try file.close()
            try await Task.sleep(for: .milliseconds(50))
        }
        return nil
    }

    private static func open(_ path: FilePath) throws -> FileDescriptor {
        try mapErrno("create", path) {
            try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec, .noFollow],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        }
    }

    /// The previous holder may have moved the file into the store, or removed it, before the lock was acquired.
    private static func isStillThere(_ file: FileDescriptor, at path: FilePath) -> Bool {
        var (held, named) = (stat(), stat())
        return fstat(file.rawValue, &held) == 0 && lstat(path.string, &named) == 0
            && held.st_ino == named.st_ino && held.st_dev == named.st_dev
    }

    deinit {
        if !isResumable || count == 0 { unlink(path.string) }
        try? file.close()
    }
}

extension PartialFile {
    /// Hashes the bytes of an earlier download; a file above the limit is emptied.
    private func readBack(atMost size: UInt64?) throws {
        try mapErrno("read", path) {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
            defer { buffer.deallocate() }
            while case let read = try file.read(into: buffer), read > 0 {
                hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<read]))
                count += UInt64(read)
                if let size, count > size { return try empty() }
            }
        }
    }

    /// Appends `bytes`.
    ///
    /// - Throws: `FileError`.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try mapErrno("write", path) { _ = try file.writeAll(bytes) }
        hasher.update(bytes)
        count += UInt64(bytes.count)
    }

    /// Removes all bytes.
    ///
    /// - Throws: `FileError`.
    func empty() throws {
        try mapErrno("write", path) {
            try file.resize(to: 0)
            try file.seek(offset: 0, from: .start)
        }
        hasher = DigestHasher()
        count = 0
    }

    /// Moves the file into the store; the caller has verified its digest.
    ///
    /// - Throws: `FileError`.
    func commit() throws -> Digest {
        let digest = digest
        let target = store.path(of: digest)
        try mapErrno("store", target) {
            guard fdatasync(file.rawValue) == 0, rename(path.string, target.string) == 0 else {
                throw Errno(rawValue: errno)
            }
        }
        return digest
    }
}

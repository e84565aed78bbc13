// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// The content-addressed cache that all builds of a user share (`$XDG_CACHE_HOME/opencode-docker`).
///
/// Blobs live in `blobs/sha256/<hex>`, the layout of an OCI image's blobs, so that an image is made of links to them.
/// Everything is written beside its place and renamed, so two processes may work in one store at the same time and a
/// killed one leaves only a temporary file behind.
package struct Store: Sendable {
    /// The directory of the store.
    package let root: FilePath

    /// Opens the store at `root`, creating it when it is not there.
    ///
    /// - Throws: `FileError`.
    package init(root: FilePath) throws {
        for directory in ["blobs/sha256", "tmp", "locks"] {
            try Files.makeDirectories(root.pushing(FilePath(directory)))
        }
        // Absolute and without symbolic links: runc refuses other paths, and processes start elsewhere.
        guard let real = realpath(root.string, nil) else { throw FileError("open", root, Errno(rawValue: errno)) }
        defer { free(real) }
        self.root = FilePath(platformString: real)
    }

    /// Where the blob of that digest is, or would be.
    package func path(of digest: Digest) -> FilePath {
        root.appending("blobs").appending("sha256").appending(digest.hex)
    }

    /// Whether the blob is there, with `size` bytes when that is given. Its bytes were checked when it came in.
    package func contains(_ digest: Digest, size: UInt64? = nil) -> Bool {
        var status = stat()
        guard stat(path(of: digest).string, &status) == 0 else { return false }
        return size == nil || UInt64(status.st_size) == size
    }

    /// The bytes of a blob, at most `limit` of them.
    ///
    /// - Throws: `FileError`.
    package func read(_ digest: Digest, limit: Int = 1 << 26) throws -> [UInt8] {
        try Files.read(path(of: digest), limit: limit)
    }

    /// Puts `bytes` in and gives their digest.
    ///
    /// - Throws: `FileError`.
    @discardableResult
    package func insert(_ bytes: [UInt8]) throws -> Digest {
        let writer = try BlobWriter(store: self)
        try bytes.withUnsafeBytes { try writer.write($0) }
        return try writer.commit()
    }

    /// A new name below the store's `tmp`, on the same file system as the blobs.
    package func temporaryPath() -> FilePath { root.appending("tmp").appending(Files.uniqueSuffix()) }

    /// Runs `body` while no other process (and no other task) holds the lock `name`; waits for it as long as it takes.
    ///
    /// The kernel drops the lock with the process, so a killed holder blocks nobody.
    ///
    /// - Parameter waiting: Called once when that has taken a second, with the PID of the holder where it is known.
    /// - Throws: `FileError`, and what `body` throws.
    package func withLock<Result>(
        _ name: String, waiting: (Int32?) -> Void = { _ in }, _ body: () async throws -> Result
    ) async throws -> Result {
        let path = root.appending("locks").appending(name)
        let file = try mapErrno("open", path) {
            try FileDescriptor.open(path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
        }
        defer { try? file.close() }
        var rounds = 0
        while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw FileError("lock", path, Errno(rawValue: errno)) }
            try await Task.sleep(for: .milliseconds(20))
            rounds += 1
            if rounds == 50 { waiting(holder(of: path)) }
        }
        // For those that wait; a lock that cannot say who holds it is held all the same.
        _ = try? file.resize(to: 0)
        _ = try? file.writeAll("\(getpid())\n".utf8)
        return try await body()
    }

    private func holder(of lock: FilePath) -> Int32? {
        let text = (try? Files.read(lock, limit: 16)).map { String(decoding: $0, as: UTF8.self) }
        return text.flatMap { Int32($0.prefix { $0 != "\n" }) }
    }
}

/// A blob on its way into the store: hashed while it is written, visible only after `commit`.
package final class BlobWriter {
    private let store: Store
    private let temporary: FilePath
    private let file: FileDescriptor
    private var hasher = DigestHasher()
    private var finished = false
    /// How many bytes were written.
    package private(set) var size: UInt64 = 0

    /// Begins a blob in `store`.
    ///
    /// - Throws: `FileError`.
    package init(store: Store) throws {
        self.store = store
        let temporary = store.temporaryPath()
        self.temporary = temporary
        file = try mapErrno("create", temporary) {
            try FileDescriptor.open(
                temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        }
    }

    /// Adds `bytes`.
    ///
    /// - Throws: `FileError`.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        try mapErrno("write", temporary) { _ = try file.writeAll(bytes) }
        hasher.update(bytes)
        size += UInt64(bytes.count)
    }

    /// Ends the blob and moves it to its place.
    ///
    /// - Parameter expected: The digest it must have.
    /// - Throws: `StoreError.digestMismatch`, `FileError`; the store is then as it was.
    package func commit(expecting expected: Digest? = nil) throws -> Digest {
        let digest = hasher.finalize()
        if let expected, expected != digest { throw StoreError.digestMismatch(expected: expected, actual: digest) }
        let target = store.path(of: digest)
        try mapErrno("store", target) {
            guard fdatasync(file.rawValue) == 0, rename(temporary.string, target.string) == 0 else {
                throw Errno(rawValue: errno)
            }
        }
        finished = true
        return digest
    }

    deinit {
        try? file.close()
        if !finished { unlink(temporary.string) }
    }
}

/// Why the store refused a content.
package enum StoreError: UserFacingError, Hashable {
    /// The bytes are not those that were asked for.
    case digestMismatch(expected: Digest, actual: Digest)

    package var sentence: String {
        switch self {
        case .digestMismatch(let expected, let actual): "Expected the content \(expected), got \(actual)."
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// The content-addressed cache that all builds of a user share (`$XDG_CACHE_HOME/opencode-docker`).
///
/// Blobs are stored in `blobs/sha256/<hex>`, like the blobs of an OCI image layout, so that an image can be made of
/// hard links. Files are written under a temporary name and renamed, so that several processes can use the store
/// concurrently, and a killed process leaves only a temporary file.
package struct Store: Sendable {
    /// The directory of the store.
    package let root: FilePath

    /// Opens the store at `root`, creating it when it does not exist.
    ///
    /// - Throws: `FileError`.
    package init(root: FilePath) throws {
        for directory in ["blobs/sha256", "tmp", "locks"] {
            try Files.makeDirectories(root.pushing(FilePath(directory)))
        }
        // Absolute and without symbolic links: runc refuses other paths, and child processes have other working
        // directories.
        guard let real = realpath(root.string, nil) else { throw FileError("open", root, Errno(rawValue: errno)) }
        defer { free(real) }
        self.root = FilePath(platformString: real)
    }

    /// The path of the blob with this digest, whether or not it exists.
    package func path(of digest: Digest) -> FilePath {
        root.appending("blobs").appending("sha256").appending(digest.hex)
    }

    /// Whether the blob exists, with `size` bytes when given. Its bytes were verified when it was added.
    package func contains(_ digest: Digest, size: UInt64? = nil) -> Bool {
        var status = stat()
        guard stat(path(of: digest).string, &status) == 0 else { return false }
        return size == nil || UInt64(status.st_size) == size
    }

    /// The bytes of a blob, at most `limit`.
    ///
    /// - Throws: `FileError`.
    package func read(_ digest: Digest, limit: Int = 1 << 26) throws -> [UInt8] {
        try Files.read(path(of: digest), limit: limit)
    }

    /// Adds `bytes` and returns their digest.
    ///
    /// - Throws: `FileError`.
    @discardableResult
    package func insert(_ bytes: [UInt8]) throws -> Digest {
        let writer = try BlobWriter(store: self)
        try bytes.withUnsafeBytes { try writer.write($0) }
        return try writer.commit()
    }

    /// A unique path in the store's `tmp`, on the same file system as the blobs.
    package func temporaryPath() -> FilePath { root.appending("tmp").appending(Files.uniqueSuffix()) }

    /// Runs `body` while it holds the lock `name` exclusively, among processes and tasks; waits without a time limit.
    ///
    /// The kernel releases the lock when the process exits, so that a killed holder blocks no one.
    ///
    /// - Parameter waiting: Called once after a second of waiting, with the PID of the holder when it is known.
    /// - Throws: `FileError`, and errors of `body`.
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
        // The PID, for waiting processes; the lock is also held when it cannot be written.
        _ = try? file.resize(to: 0)
        _ = try? file.writeAll("\(getpid())\n".utf8)
        return try await body()
    }

    private func holder(of lock: FilePath) -> Int32? {
        let text = (try? Files.read(lock, limit: 16)).map { String(decoding: $0, as: UTF8.self) }
        return text.flatMap { Int32($0.prefix { $0 != "\n" }) }
    }
}

/// A blob that is being written to the store: hashed while it is written, visible only after `commit`.
package final class BlobWriter {
    private let store: Store
    private let temporary: FilePath
    private let file: FileDescriptor
    private var hasher = DigestHasher()
    private var finished = false
    /// The number of written bytes.
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

    /// Completes the blob and moves it to its final path.
    ///
    /// - Parameter expected: The required digest.
    /// - Throws: `StoreError.digestMismatch`, `FileError`; the store is unchanged in that case.
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

/// Errors of adding content to the store.
package enum StoreError: UserFacingError, Hashable {
    /// The digest of the bytes is not the expected one.
    case digestMismatch(expected: Digest, actual: Digest)

    package var sentence: String {
        switch self {
        case .digestMismatch(let expected, let actual): "Expected the content \(expected), got \(actual)."
        }
    }
}

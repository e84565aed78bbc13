// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Runs `body` with a new empty directory, which is removed afterwards.
package func withTemporaryDirectory<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
    let directory = try makeTemporaryDirectory()
    defer { try? Files.removeTree(directory) }
    return try body(directory)
}

/// Runs `body` with a new empty directory, which is removed afterwards.
package func withTemporaryDirectory<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
    let directory = try makeTemporaryDirectory()
    defer { try? Files.removeTree(directory) }
    return try await body(directory)
}

/// Creates an empty directory in /tmp whose name begins with `prefix`; the caller removes it.
package func makeTemporaryDirectory(prefix: String = "opencode-docker-test") throws -> FilePath {
    var template = Array("/tmp/\(prefix)-XXXXXX".utf8CString)
    // The pointer that mkdtemp(3) returns leads into the array, and is valid within the closure alone.
    let made = template.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let made else { throw FileError("create", "/tmp", Errno(rawValue: errno)) }
    return FilePath(made)
}

/// A temporary directory with a store.
package final class Scratch: Sendable {
    /// The directory.
    package let root: FilePath
    /// The store.
    package let store: Store

    /// Creates a directory with an empty store.
    package init() throws {
        root = try makeTemporaryDirectory()
        store = try Store(root: root.appending("store"))
    }

    deinit { try? Files.removeTree(root) }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Runs `body` with a new empty folder, gone afterwards.
package func withTemporaryFolder<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
    let folder = try makeTemporaryFolder()
    defer { try? Files.removeTree(folder) }
    return try body(folder)
}

/// Runs `body` with a new empty folder, gone afterwards.
package func withTemporaryFolder<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
    let folder = try makeTemporaryFolder()
    defer { try? Files.removeTree(folder) }
    return try await body(folder)
}

private func makeTemporaryFolder() throws -> FilePath {
    var template = Array("/tmp/opencode-docker-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw FileError("create", "/tmp", Errno(rawValue: errno)) }
    return FilePath(String(cString: made))
}

/// A folder that goes away with the value, and a store in it.
package final class Scratch: Sendable {
    /// The folder.
    package let root: FilePath
    /// The store.
    package let store: Store

    /// A new folder with an empty store.
    package init() throws {
        root = try makeTemporaryFolder()
        store = try Store(root: root.appending("store"))
    }

    deinit { try? Files.removeTree(root) }
}

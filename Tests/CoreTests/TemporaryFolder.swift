// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Runs `body` with a new empty folder, gone afterwards.
func withTemporaryFolder<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
    let folder = try makeTemporaryFolder()
    defer { try? Files.removeTree(folder) }
    return try body(folder)
}

/// Runs `body` with a new empty folder, gone afterwards.
func withTemporaryFolder<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
    let folder = try makeTemporaryFolder()
    defer { try? Files.removeTree(folder) }
    return try await body(folder)
}

private func makeTemporaryFolder() throws -> FilePath {
    var template = Array("/tmp/opencode-docker-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw FileError("create", "/tmp", Errno(rawValue: errno)) }
    return FilePath(String(cString: made))
}

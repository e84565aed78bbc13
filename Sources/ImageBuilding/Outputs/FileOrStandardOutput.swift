// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// An output that the caller names: standard output, or a file as `OutputFile` writes it.
package struct FileOrStandardOutput: Sendable {
    private let path: FilePath?

    /// `-` is standard output.
    package init(_ name: String) { path = name == "-" ? nil : FilePath(name) }

    /// Calls `body` with a sink for the bytes and returns their digest.
    ///
    /// - Throws: `FileError`, errors of `body`; a regular file is then unchanged.
    package func write(_ body: (@escaping ByteSink) throws -> Void) throws -> Digest {
        let hashed = HashedOutput()
        guard let path else {
            try body { try hashed.write($0, to: .standardOutput, named: "standard output") }
            return hashed.digest
        }
        try OutputFile(path).write { file in try body { try hashed.write($0, to: file, named: path) } }
        return hashed.digest
    }
}

/// Hashes the output.
private final class HashedOutput {
    private var hasher = DigestHasher()

    var digest: Digest { hasher.finalize() }

    func write(_ bytes: UnsafeRawBufferPointer, to file: FileDescriptor, named path: FilePath) throws {
        try mapErrno("write", path) { _ = try file.writeAll(bytes) }
        hasher.update(bytes)
    }
}

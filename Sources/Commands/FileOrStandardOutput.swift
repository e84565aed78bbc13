// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// Where a command writes bytes: standard output, or a file as `OutputFile` writes it.
struct FileOrStandardOutput {
    private let path: FilePath?

    /// `-` is standard output.
    init(_ name: String) { path = name == "-" ? nil : FilePath(name) }

    /// Gives `body` a sink for the bytes, and tells their digest.
    ///
    /// - Throws: `FileError`, and what `body` throws; then a regular file is as it was.
    func write(_ body: (@escaping ByteSink) throws -> Void) throws -> Digest {
        let hashed = HashedOutput()
        guard let path else {
            try body { try hashed.write($0, to: .standardOutput, named: "standard output") }
            return hashed.digest
        }
        try OutputFile(path).write { file in try body { try hashed.write($0, to: file, named: path) } }
        return hashed.digest
    }
}

/// Hashes what goes out.
private final class HashedOutput {
    private var hasher = DigestHasher()

    var digest: Digest { hasher.finalize() }

    func write(_ bytes: UnsafeRawBufferPointer, to file: FileDescriptor, named path: FilePath) throws {
        try mapErrno("write", path) { _ = try file.writeAll(bytes) }
        hasher.update(bytes)
    }
}

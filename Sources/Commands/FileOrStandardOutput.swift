// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import Glibc
import SystemPackage

/// Where a command writes bytes: a file that appears whole or not at all, or standard output.
struct FileOrStandardOutput {
    private let path: FilePath?

    /// `-` is standard output.
    init(_ name: String) { path = name == "-" ? nil : FilePath(name) }

    /// Gives `body` a sink for the bytes, and tells their digest.
    ///
    /// - Throws: `FileError`, and what `body` throws; then there is no file.
    func write(_ body: (@escaping ByteSink) throws -> Void) throws -> Digest {
        let hashed = HashedOutput()
        guard let path else {
            try body { try hashed.write($0, to: .standardOutput, named: "standard output") }
            return hashed.digest
        }
        let temporary = FilePath("\(path.string).\(Files.uniqueSuffix())")
        do {
            let file = try naming("create", path) {
                try FileDescriptor.open(
                    temporary, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                    permissions: [.ownerReadWrite, .groupRead, .otherRead])
            }
            try file.closeAfter { try body { try hashed.write($0, to: file, named: path) } }
            guard rename(temporary.string, path.string) == 0 else {
                throw FileError("write", path, Errno(rawValue: errno))
            }
            return hashed.digest
        } catch {
            unlink(temporary.string)
            throw error
        }
    }
}

/// Hashes what goes out.
private final class HashedOutput {
    private var hasher = DigestHasher()

    var digest: Digest { hasher.finalize() }

    func write(_ bytes: UnsafeRawBufferPointer, to file: FileDescriptor, named path: FilePath) throws {
        try naming("write", path) { _ = try file.writeAll(bytes) }
        hasher.update(bytes)
    }
}

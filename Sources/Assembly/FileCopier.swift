// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// Reads files into a sink through one buffer.
package final class FileCopier {
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)

    /// Creates a copier; reuse it for many files.
    package init() {}

    deinit { buffer.deallocate() }

    /// Writes the bytes of `path`, which must not be a symbolic link, to `sink`.
    ///
    /// - Throws: `FileError`, and errors of `sink`.
    package func copy(_ path: FilePath, to sink: ByteSink) throws {
        try mapErrno("read", path) {
            let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .noFollow])
            try file.closeAfter {
                while case let count = try file.read(into: buffer), count > 0 {
                    try sink(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
            }
        }
    }
}

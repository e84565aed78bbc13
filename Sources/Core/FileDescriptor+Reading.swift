// SPDX-License-Identifier: Apache-2.0

import SystemPackage

extension FileDescriptor {
    /// The bytes from the current offset to the end of the file.
    ///
    /// - Throws: `Errno`; `.fileTooLarge` when there are more bytes than `limit`.
    package func readToEnd(limit: Int) throws -> [UInt8] {
        let bytes = try readBeginning(limit + 1)
        if bytes.count > limit { throw Errno.fileTooLarge }
        return bytes
    }

    /// The bytes from the current offset, at most `most`.
    ///
    /// - Throws: `Errno`.
    package func readBeginning(_ most: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(most, 1 << 16))
        while bytes.count < most {
            let count = try buffer.withUnsafeMutableBytes { try read(into: $0) }
            if count == 0 { break }
            bytes += buffer[..<min(count, most - bytes.count)]
        }
        return bytes
    }
}

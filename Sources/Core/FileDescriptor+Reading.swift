// SPDX-License-Identifier: Apache-2.0

import SystemPackage

extension FileDescriptor {
    /// The bytes from where the file stands to its end.
    ///
    /// - Throws: `Errno`; `.fileTooLarge` when there are more bytes than `limit`.
    package func readToEnd(limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try read(into: $0) }
            if count == 0 { return bytes }
            if bytes.count + count > limit { throw Errno.fileTooLarge }
            bytes += buffer[..<count]
        }
    }
}

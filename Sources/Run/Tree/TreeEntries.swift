// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// The raw entries of directories (getdents64(2)), without an allocation per entry.
final class TreeEntries {
    /// One entry. The name is valid until the next read.
    struct Entry {
        /// The name, NUL-terminated.
        let name: UnsafePointer<CChar>
        /// The bytes of the name.
        let bytes: UnsafeBufferPointer<UInt8>
        /// Whether this is a directory; `nil` when the file system does not report it.
        let isDirectory: Bool?
    }

    private static let size = 1 << 16
    private let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)

    deinit { buffer.deallocate() }

    /// Calls `body` with the next entries of `directory` except `.` and `..`; `body` returns whether to continue.
    ///
    /// - Returns: Whether there may be more entries.
    /// - Throws: `Errno`.
    func next(in directory: FileDescriptor, _ body: (Entry) throws -> Bool) throws -> Bool {
        let count = clinux_read_entries(directory.rawValue, buffer, Self.size)
        guard count >= 0 else { throw Errno(rawValue: errno) }
        guard count > 0 else { return false }
        var offset = 0
        while offset + 19 < count {
            let length = Int(buffer.loadUnaligned(fromByteOffset: offset + 16, as: UInt16.self))
            guard length > 19 else { throw Errno.ioError }
            let entry = entry(at: offset)
            offset += length
            if entry.isDot { continue }
            if try !body(entry) { return false }
        }
        return true
    }

    /// `struct linux_dirent64`: inode and position in 8 bytes each, the record's length in 2, the kind in 1, the name.
    private func entry(at offset: Int) -> Entry {
        let name = UnsafePointer((buffer + offset + 19).assumingMemoryBound(to: CChar.self))
        let kind = Int(buffer.load(fromByteOffset: offset + 18, as: UInt8.self))
        let bytes = UnsafeBufferPointer(
            start: UnsafePointer((buffer + offset + 19).assumingMemoryBound(to: UInt8.self)), count: strlen(name))
        return Entry(name: name, bytes: bytes, isDirectory: kind == Int(DT_UNKNOWN) ? nil : kind == Int(DT_DIR))
    }
}

extension TreeEntries.Entry {
    fileprivate var isDot: Bool {
        switch bytes.count {
        case 1: bytes[0] == UInt8(ascii: ".")
        case 2: bytes[0] == UInt8(ascii: ".") && bytes[1] == UInt8(ascii: ".")
        default: false
        }
    }
}

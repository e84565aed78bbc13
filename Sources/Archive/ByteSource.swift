// SPDX-License-Identifier: Apache-2.0

import CArchive
import Core
import Glibc
import SystemPackage

/// The source of an archive's bytes.
enum ByteSource: Sendable {
    /// A range of a file; to the end of the file when `length` is nil.
    case file(FilePath, offset: UInt64, length: UInt64?)
    /// Bytes in memory.
    case bytes([UInt8])
}

/// Feeds a range of a file to libarchive in large blocks.
///
/// It reads instead of mapping: truncation of a mapped file would kill the process with SIGBUS, and copying the
/// compressed bytes costs about a hundredth of decompressing them.
final class FileInput {
    private static let blockSize = 1 << 18
    private let path: FilePath
    private let file: FileDescriptor
    private let buffer: UnsafeMutableRawBufferPointer
    private var position: UInt64
    private let end: UInt64
    /// The error of `read`, which cannot be passed through libarchive.
    private(set) var failure: FileError?

    init(_ path: FilePath, offset: UInt64, length: UInt64?) throws {
        self.path = path
        file = try mapErrno("read", path) { try FileDescriptor.open(path, .readOnly, options: .closeOnExec) }
        buffer = .allocate(byteCount: FileInput.blockSize, alignment: 4096)
        position = offset
        let most = UInt64(Int64.max)
        end = length.map { min(offset, most) + min($0, most - min(offset, most)) } ?? most
    }

    deinit {
        buffer.deallocate()
        try? file.close()
    }

    /// The next block; empty at the end, `nil` after a failure.
    func read() -> UnsafeRawBufferPointer? {
        let wanted = Int(min(UInt64(buffer.count), end > position ? end - position : 0))
        if wanted == 0 { return UnsafeRawBufferPointer(start: buffer.baseAddress, count: 0) }
        do {
            let count = try file.read(fromAbsoluteOffset: Int64(position), into: .init(rebasing: buffer[..<wanted]))
            position += UInt64(count)
            return UnsafeRawBufferPointer(rebasing: buffer[..<count])
        } catch {
            failure = FileError("read", path, (error as? Errno) ?? .ioError)
            return nil
        }
    }
}

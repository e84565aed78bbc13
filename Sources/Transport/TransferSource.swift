// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Provides the bytes of a request's body.
///
/// Called like a `TransferSink`. libcurl seeks back when a kept connection turns out to be dead.
protocol TransferSource: AnyObject, Sendable {
    /// The number of bytes.
    var count: UInt64 { get }
    /// Fills the beginning of `buffer` with the next bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
    /// Moves to the byte `offset`.
    func seek(to offset: UInt64)
}

/// A body in memory or in a file, which reports its progress.
///
/// Unchecked: the request that owns it uses it before and after, the loop's thread while the request waits for that
/// thread.
final class BodySource: TransferSource, @unchecked Sendable {
    private let body: HTTPBody
    private let file: FileDescriptor?
    private let sent: @Sendable (UInt64) -> Void
    private var position: UInt64 = 0
    /// The most bytes that were read so far: bytes that are sent twice are reported once.
    private var reported: UInt64 = 0

    /// - Parameter sent: Called with the number of bytes that are sent for the first time.
    /// - Throws: `FileError`.
    init(_ body: HTTPBody, sent: @escaping @Sendable (UInt64) -> Void) throws {
        self.body = body
        self.sent = sent
        guard case .file(let path, _, _) = body else {
            file = nil
            return
        }
        file = try mapErrno("read", path) { try FileDescriptor.open(path, .readOnly, options: .closeOnExec) }
    }

    deinit { try? file?.close() }

    var count: UInt64 { body.count }

    func seek(to offset: UInt64) { position = min(offset, count) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(Int(clamping: count - position)))
        let read = try fill(part)
        position += UInt64(read)
        if position > reported {
            sent(position - reported)
            reported = position
        }
        return read
    }

    private func fill(_ part: UnsafeMutableRawBufferPointer) throws -> Int {
        switch body {
        case .none: return 0
        case .bytes(let bytes):
            let from = Int(position)
            part.copyBytes(from: bytes[from..<from + part.count])
            return part.count
        case .file(let path, let offset, _):
            guard let file, !part.isEmpty else { return 0 }
            let read = try mapErrno("read", path) {
                try file.read(fromAbsoluteOffset: Int64(offset + position), into: part)
            }
            // The file became shorter while it was read.
            guard read > 0 else { throw FileError("read", path, .ioError) }
            return read
        }
    }
}

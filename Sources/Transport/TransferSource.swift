// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Where the bytes of a request's body come from.
///
/// Called as a `TransferSink` is. libcurl goes back when a kept connection turns out to be dead.
protocol TransferSource: AnyObject, Sendable {
    /// How many bytes there are.
    var count: UInt64 { get }
    /// Fills the beginning of `buffer` with what comes next; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
    /// Goes to the byte `offset`.
    func seek(to offset: UInt64)
}

/// A body in memory or in a file, which tells how far it got.
///
/// Unchecked: used by the request that owns it before and after, by the loop's thread while the request waits for it.
final class BodySource: TransferSource, @unchecked Sendable {
    private let body: HTTPBody
    private let file: FileDescriptor?
    private let sent: @Sendable (UInt64) -> Void
    private var position: UInt64 = 0
    /// The most bytes that were read so far: what is sent twice is reported once.
    private var reported: UInt64 = 0

    /// - Parameter sent: Is told of bytes that go out for the first time, by their count.
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
            // Shorter than its length was: the file changed under us.
            guard read > 0 else { throw FileError("read", path, .ioError) }
            return read
        }
    }
}

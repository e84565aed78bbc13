// SPDX-License-Identifier: Apache-2.0

import Core

/// Writes one response into the download's partial file, and rejects wrong content early.
///
/// Unchecked: used by the download that owns it, and by the loop's thread while the download waits for it.
final class DownloadSink: TransferSink, @unchecked Sendable {
    private let partial: PartialFile
    private let download: Download
    private let limit: UInt64
    private let report: @Sendable (UInt64) -> Void
    /// The highest number of bytes so far: bytes that arrive twice are reported once.
    private var reported: UInt64 = 0
    private var accepts = false
    private var ignored = 0

    /// The body of a rejected response is read up to this limit, to keep the connection.
    private static let ignoredLimit = 1 << 16

    /// - Parameters:
    ///   - limit: The most bytes when the size is not known.
    ///   - report: Called with the number of new bytes.
    init(_ partial: PartialFile, for download: Download, limit: UInt64, report: @escaping @Sendable (UInt64) -> Void) {
        self.partial = partial
        self.download = download
        self.limit = download.size ?? limit
        self.report = report
        advance()
    }

    /// Whether the last response was the content, or the rest of it.
    var wasAccepted: Bool { accepts }

    func begin(_ head: ResponseHead) throws {
        ignored = 0
        accepts = head.status == 0 || (200...299).contains(head.status)
        guard accepts else { return }
        if head.status == 206 { return try checkRange(head) }
        // The whole content, although the rest was requested: a server may ignore Range (RFC 9110 section 14.2).
        if partial.count > 0 { try partial.empty() }
        if let length = head.contentLength { try checkSize(length) }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) throws {
        guard accepts else {
            ignored += bytes.count
            if ignored > Self.ignoredLimit { throw FailureReason.interrupted("the error page was too long") }
            return
        }
        guard partial.count + UInt64(bytes.count) <= limit else { throw FailureReason.tooLarge(limit: limit) }
        try partial.write(bytes)
        advance()
    }

    private func checkRange(_ head: ResponseHead) throws {
        guard let range = head.contentRange, range.first == partial.count else {
            throw FailureReason.malformed("another range than the requested one")
        }
        if let size = range.size { try checkSize(size) }
    }

    private func checkSize(_ announced: UInt64) throws {
        if announced > limit { throw FailureReason.tooLarge(limit: limit) }
        guard let size = download.size, announced < size else { return }
        throw FailureReason.wrongSize(announced: announced, expected: size)
    }

    private func advance() {
        guard partial.count > reported else { return }
        report(partial.count - reported)
        reported = partial.count
    }
}

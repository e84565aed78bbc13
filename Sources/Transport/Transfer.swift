// SPDX-License-Identifier: Apache-2.0

import CCurl
import Synchronization

/// Receives the bytes of a transfer.
///
/// Called on the loop's thread, one call at a time, only while `TransferLoop.perform` runs. An error that is thrown
/// here ends the transfer, and `perform` throws it.
protocol TransferSink: AnyObject, Sendable {
    /// The final response begins. Called once, before the first byte, also for an empty body.
    func begin(_ head: ResponseHead) throws
    /// More bytes of the body.
    func receive(_ bytes: UnsafeRawBufferPointer) throws
}

/// One request.
struct TransferRequest: Sendable {
    var url: String
    /// The first byte to request (RFC 9110 section 14.2).
    var offset: UInt64 = 0
    var settings: TransportSettings
    var method = HTTPMethod.get
    var headers: [String: String] = [:]
    /// The body to send; without one, no length is sent either.
    var source: (any TransferSource)?
    /// Whether redirects are followed instead of returned.
    var followsRedirects = true
    /// Whether an encoded body is decoded.
    var decodes = false
    /// Whether libcurl reads `~/.netrc` for a password.
    var usesNetrc = true
}

/// The response.
struct TransferAnswer: Sendable {
    var head: ResponseHead
    /// The delay that the server requests.
    var retryAfter: Duration?
}

/// A running request, from `perform` to its response.
///
/// Unchecked: only the loop's thread uses the members other than the `let`s; it also resumes the continuation, once.
final class Transfer: @unchecked Sendable {
    let request: TransferRequest
    let sink: any TransferSink
    private var continuation: CheckedContinuation<TransferAnswer, any Error>?
    private(set) var handle: UnsafeMutableRawPointer?
    private var head = ResponseHead()
    private var began = false
    private var sinkError: (any Error)?
    /// The header fields for libcurl, which must exist as long as the handle.
    private var fields: UnsafeMutablePointer<curl_slist>?
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    init(
        _ request: TransferRequest, sink: any TransferSink, continuation: CheckedContinuation<TransferAnswer, any Error>
    ) {
        self.request = request
        self.sink = sink
        self.continuation = continuation
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    /// Creates the libcurl handle; the loop adds it to its own.
    func open() -> UnsafeMutableRawPointer? {
        handle = curl_easy_init()
        if let handle {
            for (name, value) in request.headers { fields = curl_slist_append(fields, "\(name): \(value)") }
            configure(handle, message: message, fields: fields)
        }
        return handle
    }

    /// Ends the transfer as cancelled, or as failed before it began.
    func end(throwing error: any Error) {
        continuation?.resume(throwing: error)
        continuation = nil
    }

    /// Ends the transfer with libcurl's result.
    func end(_ code: CURLcode) {
        guard let handle else { return end(throwing: CancellationError()) }
        if code == CURLE_OK && !began { _ = deliver { try beginIfNeeded() } }
        if let sinkError { return end(throwing: sinkError) }
        guard code == CURLE_OK else {
            return end(throwing: FailureReason(code: code, text: String(cString: message), handle: handle))
        }
        let wait = ccurl_get_offset(handle, CURLINFO_RETRY_AFTER)
        let answer = TransferAnswer(head: head, retryAfter: wait > 0 ? .seconds(min(wait, 1 << 20)) : nil)
        continuation?.resume(returning: answer)
        continuation = nil
    }

    /// Receives one header line.
    func takeHeader(_ bytes: UnsafeRawBufferPointer) { head.take(Substring(decoding: bytes, as: UTF8.self)) }

    /// Receives body bytes; returns whether the sink accepts more.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        deliver {
            try beginIfNeeded()
            try sink.receive(bytes)
        }
    }

    /// The next bytes of the body to send; `nil` when they cannot be read.
    func giveBody(_ buffer: UnsafeMutableRawBufferPointer) -> Int? {
        var count = 0
        return deliver { count = try request.source?.read(into: buffer) ?? 0 } ? count : nil
    }

    private func beginIfNeeded() throws {
        guard !began, let handle else { return }
        began = true
        head.status = ccurl_get_long(handle, CURLINFO_RESPONSE_CODE)
        try sink.begin(head)
    }

    private func deliver(_ body: () throws -> Void) -> Bool {
        do { try body() } catch { sinkError = error }
        return sinkError == nil
    }

    deinit {
        if let handle { curl_easy_cleanup(handle) }
        curl_slist_free_all(fields)
        message.deallocate()
    }
}

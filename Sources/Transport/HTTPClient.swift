// SPDX-License-Identifier: Apache-2.0

import Core

/// A complete response.
package struct HTTPResponse: Sendable, Hashable {
    /// The status (RFC 9110 section 15); 0 for a `file` address.
    package let status: Int
    /// Values by name in lower case; repeated headers are joined by ", ".
    package let headers: [String: String]
    /// The body; with a status of 400 and more, possibly only its beginning.
    package let body: [UInt8]
    /// The delay that the server requests (`Retry-After`, RFC 9110 section 10.2.3).
    package let retryAfter: Duration?

    init(_ answer: TransferAnswer, body: [UInt8]) {
        status = answer.head.status
        headers = answer.head.headers
        retryAfter = answer.retryAfter
        self.body = body
    }
}

/// Requests for small documents, which are kept in memory.
package struct HTTPClient: Sendable {
    let settings: TransportSettings
    let loop = TransferLoop()

    /// A client; its requests share connections.
    package init(settings: TransportSettings = .init()) { self.settings = settings }

    /// Gets `url`, with redirects and retries.
    ///
    /// The response is returned whatever its status; the caller interprets it.
    ///
    /// - Parameter limit: The most bytes of the body.
    /// - Throws: `TransportError.unavailable` when the response is incomplete or too long; `CancellationError`.
    package func get(_ url: String, limit: Int) async throws -> HTTPResponse {
        var attempt = 1
        while true {
            let (result, wait) = try await getOnce(url, limit: limit)
            let reason: FailureReason
            switch result {
            case .success(let response) where response.status < 400: return response
            case .success(let response): reason = FailureReason(status: response.status)
            case .failure(let failure): reason = failure
            }
            guard attempt < reason.attempts(atMost: settings.attempts), wait ?? .zero <= settings.longestWait else {
                return try result.mapError { TransportError.unavailable([.init(url: url, reason: $0)]) }.get()
            }
            try await Task.sleep(for: max(settings.wait(after: attempt), wait ?? .zero))
            attempt += 1
        }
    }

    private func getOnce(_ url: String, limit: Int) async throws -> (Result<HTTPResponse, FailureReason>, Duration?) {
        let sink = BodySink(limit: limit)
        do {
            let answer = try await loop.perform(TransferRequest(url: url, settings: settings), into: sink)
            return (.success(HTTPResponse(answer, body: sink.body)), answer.retryAfter)
        } catch let reason as FailureReason {
            return (.failure(reason), nil)
        }
    }
}

extension FailedDownload {
    fileprivate init(url: String, reason: FailureReason) {
        self.init(name: Address(url).shown, failures: [FailedAddress(url: url, reason: reason)])
    }
}

/// Keeps a body in memory.
///
/// Unchecked: used by the request that owns it, and by the loop's thread while the request waits for it.
final class BodySink: TransferSink, @unchecked Sendable {
    private let limit: Int
    private let isHead: Bool
    private var isError = false
    private var ignored = 0
    private(set) var body: [UInt8] = []

    /// The most bytes that are kept of an error's body.
    private static let errorLimit = 1 << 16
    /// An error's body is read up to this limit, to keep the connection.
    private static let ignoredLimit = 1 << 20

    /// - Parameter isHead: Whether the announced length is of a body that is not sent (RFC 9110 section 9.3.2).
    init(limit: Int, isHead: Bool = false) {
        self.limit = max(limit, 0)
        self.isHead = isHead
    }

    func begin(_ head: ResponseHead) throws {
        isError = head.status >= 400
        if !isError, !isHead, let length = head.contentLength, length > UInt64(limit) {
            throw FailureReason.tooLarge(limit: UInt64(limit))
        }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) throws {
        let room = (isError ? Self.errorLimit : limit) - body.count
        body.append(contentsOf: bytes.prefix(room))
        guard bytes.count > room else { return }
        guard isError else { throw FailureReason.tooLarge(limit: UInt64(limit)) }
        ignored += bytes.count - room
        if ignored > Self.ignoredLimit { throw FailureReason.interrupted("the error page was too long") }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core

/// A response that was read whole.
package struct HTTPResponse: Sendable, Hashable {
    /// The status (RFC 9110 section 15); 0 for a `file` address.
    package let status: Int
    /// Values by name in lower case; repeated headers are joined by ", ".
    package let headers: [String: String]
    /// The body; of an answer with a status of 400 and more, possibly only its beginning.
    package let body: [UInt8]
}

/// Plain requests for small documents, which are kept in memory.
package struct HTTPClient: Sendable {
    private let settings: TransportSettings
    private let loop = TransferLoop()

    /// A client; all its requests share their connections.
    package init(settings: TransportSettings = .init()) { self.settings = settings }

    /// Gets `url`, following redirects and trying again where that makes sense.
    ///
    /// An answer with any status is returned: what "not found" means is the caller's business.
    ///
    /// - Parameter limit: The most bytes the body may have.
    /// - Throws: `TransportError.unavailable` when there was no whole answer or a too long one; `CancellationError`.
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
            let response = HTTPResponse(status: answer.head.status, headers: answer.head.headers, body: sink.body)
            return (.success(response), answer.retryAfter)
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
private final class BodySink: TransferSink, @unchecked Sendable {
    private let limit: Int
    private var isError = false
    private(set) var body: [UInt8] = []

    init(limit: Int) { self.limit = limit }

    func begin(_ head: ResponseHead) throws {
        isError = head.status >= 400
        if !isError, let length = head.contentLength, length > UInt64(max(limit, 0)) {
            throw FailureReason.tooLarge(limit: UInt64(max(limit, 0)))
        }
    }

    func receive(_ bytes: UnsafeRawBufferPointer) throws {
        let room = limit - body.count
        guard bytes.count > room else { return body.append(contentsOf: bytes) }
        guard isError else { throw FailureReason.tooLarge(limit: UInt64(max(limit, 0))) }
        body.append(contentsOf: bytes.prefix(max(room, 0)))
    }
}

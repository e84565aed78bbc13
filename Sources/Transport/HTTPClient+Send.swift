// SPDX-License-Identifier: Apache-2.0

import Core

extension HTTPClient {
    /// Sends `request` once and returns the response, whatever its status.
    ///
    /// - Parameters:
    ///   - limit: The most bytes of a body below status 400; of others the beginning is kept.
    ///   - sent: Called with the number of bytes sent.
    /// - Throws: `FailureReason` when the response is incomplete or too long; `FileError`, `CancellationError`,
    ///   `TransportError.cannotStart`.
    package func send(
        _ request: HTTPRequest, limit: Int, sent: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) async throws -> HTTPResponse {
        var transfer = TransferRequest(url: request.url, settings: settings)
        transfer.method = request.method
        transfer.headers = request.headers.merging(["Accept-Encoding": "identity"]) { own, _ in own }
        transfer.decodes = true
        transfer.followsRedirects = false
        transfer.usesNetrc = false
        if request.body != .none { transfer.source = try BodySource(request.body, sent: sent) }
        let sink = BodySink(limit: limit, isHead: request.method == .head)
        let answer = try await loop.perform(transfer, into: sink)
        return HTTPResponse(answer, body: sink.body)
    }
}

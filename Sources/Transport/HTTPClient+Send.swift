// SPDX-License-Identifier: Apache-2.0

import Core

extension HTTPClient {
    /// Sends `request` once and gives the answer, whatever its status.
    ///
    /// - Parameters:
    ///   - limit: The most bytes the body of an answer below 400 may have; of others the beginning is kept.
    ///   - sent: Is told of bytes of the body that go out, by their count.
    /// - Throws: `FailureReason` when there was no whole answer or a too long one; `FileError`, `CancellationError`,
    ///   `TransportError.cannotStart`.
    package func send(
        _ request: HTTPRequest, limit: Int, sent: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) async throws -> HTTPResponse {
        var transfer = TransferRequest(url: request.url, settings: settings)
        transfer.method = request.method
        transfer.headers = request.headers
        transfer.followsRedirects = false
        transfer.usesNetrc = false
        if request.body != .none { transfer.source = try BodySource(request.body, sent: sent) }
        let sink = BodySink(limit: limit, isHead: request.method == .head)
        let answer = try await loop.perform(transfer, into: sink)
        return HTTPResponse(answer, body: sink.body)
    }
}

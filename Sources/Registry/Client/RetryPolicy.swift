// SPDX-License-Identifier: Apache-2.0

import Transport

/// When something is tried again, and after how long.
struct RetryPolicy: Sendable {
    let settings: TransportSettings

    /// How often something is tried before it has failed.
    var attempts: Int { settings.attempts }

    /// Whether an answer says that the same request may succeed later: RFC 9110 section 15, RFC 6585 section 4, and
    /// what proxies before registries add (499, 522).
    static func isTransient(_ status: Int) -> Bool { [408, 429, 499, 500, 502, 503, 504, 522].contains(status) }

    /// Runs `request` until its answer will not change soon.
    ///
    /// - Throws: `RegistryError.unreachable`, `.busy`, and what `request` throws.
    func repeating(at host: String, _ request: () async throws -> HTTPResponse) async throws -> HTTPResponse {
        var attempt = 1
        while true {
            let asked: Duration?
            do {
                let response = try await request()
                guard Self.isTransient(response.status), attempt < attempts else { return response }
                asked = response.retryAfter
            } catch RegistryError.unreachable(let host, let reason) {
                guard reason.isTransient, attempt < attempts else { throw RegistryError.unreachable(host, reason) }
                asked = nil
            }
            try await wait(after: attempt, asked: asked, by: host)
            attempt += 1
        }
    }

    /// Waits before the next attempt, twice as long each time, and by chance a little less, so that many clients do not
    /// come back together.
    ///
    /// - Parameter asked: How long the server wants to be left alone.
    /// - Throws: `RegistryError.busy` when that is longer than anyone would wait; `CancellationError`.
    func wait(after attempt: Int, asked: Duration?, by host: String) async throws {
        if let asked, asked > settings.longestWait { throw RegistryError.busy(host, asked) }
        try await Task.sleep(for: max(settings.wait(after: attempt) * Double.random(in: 0.5...1), asked ?? .zero))
    }
}

extension FailureReason {
    /// Whether the same request may succeed soon.
    var isTransient: Bool {
        switch self {
        case .interrupted, .truncated, .stalled, .unreachable, .unanswered: true
        default: false
        }
    }
}

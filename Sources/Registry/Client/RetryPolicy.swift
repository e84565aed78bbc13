// SPDX-License-Identifier: Apache-2.0

import Transport

/// Which requests are retried, and after which delay.
struct RetryPolicy: Sendable {
    let settings: TransportSettings

    /// The number of attempts.
    var attempts: Int { settings.attempts }

    /// Whether a status is transient: RFC 9110 section 15, RFC 6585 section 4, and the statuses of proxies in front of
    /// registries (499, 522).
    static func isTransient(_ status: Int) -> Bool { [408, 429, 499, 500, 502, 503, 504, 522].contains(status) }

    /// Runs `request` until its response is not transient, or the attempts are used up.
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

    /// Waits before the next attempt: exponential backoff with jitter, so that many clients do not retry at the same
    /// time.
    ///
    /// - Parameter asked: The delay that the server requested.
    /// - Throws: `RegistryError.busy` when that is longer than the limit; `CancellationError`.
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

// SPDX-License-Identifier: Apache-2.0

import Core

/// Why a download from one address failed.
package enum FailureReason: Error, Sendable, Hashable {
    /// The server does not have it (404, 410 or 451).
    case notFound(status: Int)
    /// The server responded with another status than success.
    case refused(status: Int)
    /// The host was not found or cannot be reached.
    case unreachable(String)
    /// The host did not respond in time.
    case unanswered(String)
    /// The certificate is not trusted, or TLS failed otherwise.
    case untrusted(String)
    /// The connection was closed early.
    case interrupted(String)
    /// The transfer was too slow for too long.
    case stalled
    /// Fewer bytes than expected.
    case truncated(received: UInt64, expected: UInt64)
    /// The server announces another size than expected.
    case wrongSize(announced: UInt64, expected: UInt64)
    /// More bytes than allowed.
    case tooLarge(limit: UInt64)
    /// Digest mismatch.
    case digestMismatch(actual: Digest)
    /// Too many redirects, or a forbidden redirect.
    case badRedirect(String)
    /// The address is invalid, or the response cannot be parsed.
    case malformed(String)

    /// The reason for an HTTP status other than success (RFC 9110 section 15).
    init(status: Int) {
        self = [404, 410, 451].contains(status) ? .notFound(status: status) : .refused(status: status)
    }

    /// Whether the content or the whole host is unavailable: retrying soon will not help.
    var isGone: Bool {
        switch self {
        case .notFound, .unreachable, .unanswered: true
        default: false
        }
    }

    /// The number of useful attempts for this reason, at most `most`.
    func attempts(atMost most: Int) -> Int {
        switch self {
        case .refused(let status) where status == 429 || status == 408 || (500...599).contains(status): most
        case .interrupted, .truncated, .stalled: most
        case .unreachable: min(2, most)
        default: 1
        }
    }
}

extension FailureReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound(let status): "not there (status \(status))"
        case .refused(let status): "refused with status \(status)"
        case .unreachable(let text), .unanswered(let text): "cannot be reached (\(text))"
        case .untrusted(let text): "cannot be trusted (\(text))"
        case .interrupted(let text): "the connection broke off (\(text))"
        case .stalled: "the transfer stalled"
        case .truncated(let received, let expected): "ended after \(received) of \(expected) bytes"
        case .wrongSize(let announced, let expected): "has \(announced) bytes instead of \(expected)"
        case .tooLarge(let limit): "larger than the limit of \(limit) bytes"
        case .digestMismatch(let actual): "digest mismatch (\(actual))"
        case .badRedirect(let text): "forbidden redirect (\(text))"
        case .malformed(let text): "invalid response (\(text))"
        }
    }
}

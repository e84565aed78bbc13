// SPDX-License-Identifier: Apache-2.0

import Core

/// Why one address did not give what was asked of it.
package enum FailureReason: Error, Sendable, Hashable {
    /// The server does not have it (404, 410 or 451).
    case notFound(status: Int)
    /// The server answered with another status than success.
    case refused(status: Int)
    /// The host was not found or not reached.
    case unreachable(String)
    /// The host was not reached in time.
    case unanswered(String)
    /// The other side could not prove who it is, or TLS failed otherwise.
    case untrusted(String)
    /// The connection broke off.
    case interrupted(String)
    /// The bytes came too slowly for too long.
    case stalled
    /// There were fewer bytes than there must be.
    case truncated(received: UInt64, expected: UInt64)
    /// The server announces another size than it must be.
    case wrongSize(announced: UInt64, expected: UInt64)
    /// There were more bytes than there may be.
    case tooLarge(limit: UInt64)
    /// The bytes are other bytes.
    case digestMismatch(actual: Digest)
    /// Too many redirects, or a redirect that must not be followed.
    case badRedirect(String)
    /// The address cannot be asked, or the answer cannot be understood.
    case malformed(String)

    /// The reason that belongs to an HTTP status other than success (RFC 9110 section 15).
    init(status: Int) {
        self = [404, 410, 451].contains(status) ? .notFound(status: status) : .refused(status: status)
    }

    /// Whether the content, or the whole host, is not there to be had: trying again soon will not help.
    var isGone: Bool {
        switch self {
        case .notFound, .unreachable, .unanswered: true
        default: false
        }
    }

    /// How many attempts in a row make sense with this reason, at most `most`.
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
        case .tooLarge(let limit): "larger than the \(limit) bytes it may have"
        case .digestMismatch(let actual): "other bytes than expected (\(actual))"
        case .badRedirect(let text): "redirected where it must not go (\(text))"
        case .malformed(let text): "not understood (\(text))"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Why an allowed or refused destination has no connection.
enum ConnectionFailure: Error, Hashable {
    case refused(NetworkRefusal)
    case unresolved
    case timedOut
    case unreachable

    /// The reply of SOCKS.
    var reply: SOCKSMessage.Reply {
        switch self {
        case .refused: .notAllowed
        case .unresolved, .unreachable: .unreachable
        case .timedOut: .timedOut
        }
    }
}

extension SOCKSMessage.Reply: Error {}

/// An answer of the proxy itself.
struct HTTPAnswer: Hashable, Sendable {
    /// The answer to `CONNECT` before the tunnel.
    static let established = Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8)

    private let status: String
    private let sentence: String

    /// The answer for a destination without a connection.
    init(_ failure: ConnectionFailure, of destination: Destination) {
        let name = destination.text
        switch failure {
        case .refused(let refusal):
            (status, sentence) = (
                "403 Refused by opencode-docker", "\(name) is refused: \(refusal.text) (--network allow)"
            )
        case .unresolved: (status, sentence) = ("502 Unknown host", "\(name) has no address")
        case .timedOut: (status, sentence) = ("504 Gateway Timeout", "\(name) does not answer")
        case .unreachable: (status, sentence) = ("502 Bad Gateway", "\(name) cannot be reached")
        }
    }

    /// The answer to a head with a fault.
    init(_ fault: HTTPRequestHead.Fault) {
        switch fault {
        case .malformed: (status, sentence) = ("400 Bad Request", "the request is not HTTP/1.1 for a proxy")
        case .unsupported: (status, sentence) = ("501 Not Implemented", "only CONNECT and http:// are served")
        case .tooLarge:
            (status, sentence) = ("431 Request Header Fields Too Large", "the head of the request is too large")
        }
    }

    /// Too many connections.
    static let busy = HTTPAnswer(status: "503 Too Many Connections", sentence: "too many connections are open")

    private init(status: String, sentence: String) { (self.status, self.sentence) = (status, sentence) }

    /// The message.
    var bytes: [UInt8] {
        let body = "opencode-docker: \(sentence).\n"
        return Array(
            """
            HTTP/1.1 \(status)\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r
            \(body)
            """.utf8)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Filters a container's requests to an ssh-agent: it may list the permitted keys, request signatures by one of them,
/// and bind the connection to a session. All other requests are refused: adding, removing or locking keys, and
/// extensions (draft-ietf-sshm-ssh-agent; OpenSSH's PROTOCOL.agent).
package struct AgentFilter: Hashable, Sendable {
    /// The maximum message length of OpenSSH's agent.
    package static let maximumLength = 256 * 1024

    static let failure: UInt8 = 5
    static let success: UInt8 = 6
    static let requestIdentities: UInt8 = 11
    static let identitiesAnswer: UInt8 = 12
    static let signRequest: UInt8 = 13
    static let signResponse: UInt8 = 14
    static let removeAll: UInt8 = 19
    static let extensionRequest: UInt8 = 27
    static let extensionFailure: UInt8 = 28

    /// The permitted public keys.
    package let allowed: Set<[UInt8]>

    /// A filter that permits these keys.
    package init(allowed: Set<[UInt8]>) { self.allowed = allowed }

    /// The decision on a request.
    package enum Decision: Hashable, Sendable {
        /// The request is forwarded; its answer is checked as an answer to that question.
        case pass(Question)
        /// The request is answered here.
        case refuse([UInt8], why: String)
    }

    /// A forwarded request.
    package enum Question: Hashable, Sendable {
        /// A list of the keys.
        case identities
        /// A signature for that purpose.
        case signature(purpose: String)
        /// Binding the connection to a session.
        case binding
    }

    /// Decides on a request, without the length prefix.
    package func judge(_ message: [UInt8]) -> Decision {
        var reader = SSHReader(message)
        switch reader.byte() {
        case Self.requestIdentities where reader.isAtEnd: return .pass(.identities)
        case Self.signRequest:
            guard let key = reader.string(), let data = reader.string(), reader.number() != nil, reader.isAtEnd else {
                return .refuse([Self.failure], why: "a malformed request for a signature")
            }
            guard allowed.contains(key) else { return .refuse([Self.failure], why: "a signature of another key") }
            return .pass(.signature(purpose: SignedData.purpose(data)))
        case Self.extensionRequest:
            guard let name = reader.string(), name.elementsEqual("session-bind@openssh.com".utf8),
                reader.string() != nil, reader.string() != nil, reader.string() != nil, reader.byte() != nil,
                reader.isAtEnd
            else { return .refuse([Self.extensionFailure], why: "an extension") }
            return .pass(.binding)
        case let kind: return .refuse([Self.failure], why: "a request of kind \(kind ?? 0)")
        }
    }

    /// The container's answer, from the agent's `answer`: never of another kind than requested, and with only the
    /// permitted identities.
    package func answer(_ answer: [UInt8], to question: Question) -> [UInt8] {
        switch question {
        case .identities:
            guard let keys = AgentKey.list(answer) else { return [Self.failure] }
            return AgentKey.answer(keys.filter { allowed.contains($0.blob) })
        case .signature:
            var reader = SSHReader(answer)
            guard reader.byte() == Self.signResponse, reader.string() != nil, reader.isAtEnd else {
                return [Self.failure]
            }
            return answer
        case .binding: return answer == [Self.success] ? answer : [Self.failure]
        }
    }
}

/// The purpose of a signature, as far as the data show it.
package enum SignedData {
    /// A short description for the log.
    package static func purpose(_ data: [UInt8]) -> String {
        // OpenSSH's PROTOCOL.sshsig: a preamble, then the namespace.
        if data.starts(with: "SSHSIG".utf8) {
            var reader = SSHReader(data.dropFirst(6))
            return "file signature, namespace '\(reader.string().map(plain) ?? "?")'"
        }
        // RFC 4252, section 7: session, byte 50, user name, service.
        var reader = SSHReader(data)
        guard reader.string() != nil, reader.byte() == 50, let user = reader.string(), reader.string() != nil else {
            return "unknown data"
        }
        return "log-in as '\(plain(user))'"
    }

    /// Replaces characters that could control a terminal or forge a line.
    private static func plain(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(64).map { (32..<127).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Decides what a container may ask of an ssh-agent: which keys there are, of the chosen ones; a signature by one of
/// them; and to remember which session a connection belongs to. Whatever else the protocol has, or will have, is
/// refused: to add, remove or lock keys, and extensions (draft-ietf-sshm-ssh-agent; OpenSSH's PROTOCOL.agent).
package struct AgentFilter: Hashable, Sendable {
    /// The longest message that OpenSSH's agent takes.
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

    /// The public keys that may be used.
    package let allowed: Set<[UInt8]>

    /// A filter that lets these keys be used.
    package init(allowed: Set<[UInt8]>) { self.allowed = allowed }

    /// What happens with a request.
    package enum Decision: Hashable, Sendable {
        /// It is passed on; its answer will be judged as one to that question.
        case pass(Question)
        /// It is answered here.
        case refuse([UInt8], why: String)
    }

    /// What was asked.
    package enum Question: Hashable, Sendable {
        /// Which keys there are.
        case identities
        /// A signature, for that purpose.
        case signature(purpose: String)
        /// To tie the connection to a session.
        case binding
    }

    /// Judges a request, without the length in front.
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

    /// The answer that the container gets for the agent's `answer`: never another kind than was asked for, and of the
    /// identities only those that may be used.
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

/// What a signature is asked for, as far as the data tell.
package enum SignedData {
    /// A few words for the log.
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

    /// Text that cannot do anything to a terminal or forge a line.
    private static func plain(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(64).map { (32..<127).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}

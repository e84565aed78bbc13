// SPDX-License-Identifier: Apache-2.0

/// Parses the fields of an ssh message (RFC 4251, section 5) within its bounds.
package struct SSHReader {
    private var rest: ArraySlice<UInt8>

    /// A reader of the fields of `bytes`.
    package init(_ bytes: some Collection<UInt8>) { rest = ArraySlice(bytes) }

    /// Whether everything was read.
    package var isAtEnd: Bool { rest.isEmpty }

    /// One byte; `nil` at the end.
    package mutating func byte() -> UInt8? { rest.popFirst() }

    /// A big-endian number of four bytes; `nil` when there are fewer.
    package mutating func number() -> UInt32? {
        guard rest.count >= 4 else { return nil }
        defer { rest = rest.dropFirst(4) }
        return rest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A length and that many bytes; `nil` when there are fewer.
    package mutating func string() -> [UInt8]? {
        var ahead = self
        guard let count = ahead.number(), count <= ahead.rest.count else { return nil }
        defer { rest = ahead.rest.dropFirst(Int(count)) }
        return Array(ahead.rest.prefix(Int(count)))
    }
}

/// Writes the fields of an ssh message.
package enum SSHWriter {
    /// A number as four bytes, big-endian.
    package static func number(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 0xff), UInt8(value >> 8 & 0xff), UInt8(value & 0xff)]
    }

    /// A length and the bytes.
    package static func string(_ bytes: some Collection<UInt8>) -> [UInt8] {
        number(UInt32(clamping: bytes.count)) + Array(bytes)
    }
}

/// A key as an agent lists it.
package struct AgentKey: Hashable, Sendable {
    /// The public key (RFC 4253, section 6.6).
    package let blob: [UInt8]
    /// The owner's comment.
    package let comment: String

    /// Creates a key.
    package init(blob: [UInt8], comment: String) {
        self.blob = blob
        self.comment = comment
    }

    /// The keys in an answer to a request for identities; `nil` for another message.
    package static func list(_ message: some Collection<UInt8>) -> [AgentKey]? {
        var reader = SSHReader(message)
        guard reader.byte() == AgentFilter.identitiesAnswer, let count = reader.number(), count <= 2048 else {
            return nil
        }
        var keys: [AgentKey] = []
        for _ in 0..<count {
            guard let blob = reader.string(), let comment = reader.string() else { return nil }
            keys.append(AgentKey(blob: blob, comment: String(decoding: comment, as: UTF8.self)))
        }
        return reader.isAtEnd ? keys : nil
    }

    /// The answer that lists `keys`.
    package static func answer(_ keys: [AgentKey]) -> [UInt8] {
        [AgentFilter.identitiesAnswer] + SSHWriter.number(UInt32(clamping: keys.count))
            + keys.flatMap { SSHWriter.string($0.blob) + SSHWriter.string(Array($0.comment.utf8)) }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A field of a message's head (RFC 9110, section 5).
struct HTTPField: Hashable, Sendable {
    /// The fields that say where a body ends.
    static let framing: Set = ["content-length", "transfer-encoding"]
    /// The fields of one connection (RFC 9110, section 7.6.1), and the host, which the destination determines.
    private static let ofConnection: Set = [
        "connection", "host", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
        "upgrade",
    ]

    /// The name in lower case.
    let name: String
    /// The line as it was received.
    private let line: [UInt8]

    /// The field of a line; `nil` for a line that is none, or that continues another one.
    init?(_ line: ArraySlice<UInt8>) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), Self.isToken(line[..<colon]) else { return nil }
        name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        self.line = Array(line)
    }

    private var value: String { String(decoding: line.dropFirst(name.utf8.count + 1), as: UTF8.self) }

    /// The fields that are for the destination, without those of the connection to the proxy.
    static func endToEnd(_ fields: [HTTPField]) -> [HTTPField] {
        let named = fields.filter { $0.name == "connection" }.flatMap { field in
            field.value.split { ", \t".contains($0) }.map { $0.lowercased() }
        }
        let dropped = ofConnection.union(named).subtracting(framing)
        return fields.filter { !dropped.contains($0.name) }
    }

    /// A head with one request for one connection.
    static func head(_ start: [UInt8], host: String, fields: [HTTPField]) -> [UInt8] {
        let lines = fields.flatMap { field -> [UInt8] in field.line + [13, 10] }
        return start + Array("\r\nHost: \(host)\r\n".utf8) + lines + Array("Connection: close\r\n\r\n".utf8)
    }

    /// Whether the bytes are a token (RFC 9110, section 5.6.2).
    static func isToken(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}

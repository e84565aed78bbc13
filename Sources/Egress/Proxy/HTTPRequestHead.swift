// SPDX-License-Identifier: Apache-2.0

/// The head of a request to an HTTP proxy (RFC 9112): the destination, and what is sent there.
package struct HTTPRequestHead: Hashable, Sendable {
    /// What is wrong with a head.
    package enum Fault: Error, Hashable {
        /// It is not HTTP/1.
        case malformed
        /// It asks for something that a proxy of plain HTTP does not do: `https://` without `CONNECT`, a path alone.
        case unsupported
        /// It exceeds a limit.
        case tooLarge
    }

    /// The size limit of a head in bytes.
    package static let limit = 1 << 14
    private static let mostFields = 128

    /// The destination.
    package let destination: Destination
    /// The head for the destination; `nil` for a tunnel (`CONNECT`).
    package let forwarded: [UInt8]?

    /// Parses a head, up to and including its empty line.
    package init(_ bytes: [UInt8]) throws(Fault) {
        guard bytes.count <= Self.limit else { throw .tooLarge }
        guard bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) else { throw .malformed }
        var lines = try Self.lines(bytes.dropLast(4))
        let words = lines.removeFirst().split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.count == 3, HTTPField.isToken(words[0]), let version = Self.version(words[2]) else {
            throw .malformed
        }
        let fields = try Self.fields(lines)
        guard let target = String(validating: words[1], as: UTF8.self) else { throw .malformed }
        if words[0].elementsEqual("CONNECT".utf8) {
            guard let destination = Destination(target) else { throw .malformed }
            (self.destination, forwarded) = (destination, nil)
            return
        }
        let (authority, path) = try Self.split(target)
        guard let destination = Destination(authority, port: 80) else { throw .malformed }
        self.destination = destination
        let host = destination.port == 80 ? destination.host.text : destination.text
        forwarded = HTTPField.head(
            [UInt8](words[0]) + " \(path) \(version)".utf8, host: host, fields: HTTPField.endToEnd(fields))
    }

    /// The end of the first head in `bytes`; `nil` when it is not complete.
    package static func end(in bytes: [UInt8]) -> Int? {
        var count = 0
        for (index, byte) in bytes.enumerated() {
            let isNext = byte == (count % 2 == 0 ? 13 : 10)
            count = isNext ? count + 1 : byte == 13 ? 1 : 0
            if count == 4 { return index + 1 }
        }
        return nil
    }

    /// The lines without their ends. A line feed or carriage return alone ends no line here, and elsewhere does: it is
    /// refused.
    private static func lines(_ bytes: ArraySlice<UInt8>) throws(Fault) -> [ArraySlice<UInt8>] {
        var (lines, start, index) = ([ArraySlice<UInt8>](), bytes.startIndex, bytes.startIndex)
        while index < bytes.endIndex {
            let byte = bytes[index]
            guard byte == 13 else {
                guard byte >= 32 && byte != 127 || byte == 9 else { throw .malformed }
                index += 1
                continue
            }
            guard index + 1 < bytes.endIndex, bytes[index + 1] == 10 else { throw .malformed }
            lines.append(bytes[start..<index])
            (start, index) = (index + 2, index + 2)
        }
        return lines + [bytes[start...]]
    }

    private static func version(_ word: ArraySlice<UInt8>) -> String? {
        ["HTTP/1.1", "HTTP/1.0"].first { word.elementsEqual($0.utf8) }
    }

    private static func fields(_ lines: [ArraySlice<UInt8>]) throws(Fault) -> [HTTPField] {
        guard lines.count <= mostFields else { throw .tooLarge }
        var fields: [HTTPField] = []
        for line in lines {
            guard let field = HTTPField(line) else { throw .malformed }
            fields.append(field)
        }
        let framing = fields.filter { HTTPField.framing.contains($0.name) }
        // Two lengths, or a length and chunks, are read differently by different servers (RFC 9112, section 6.3).
        guard framing.count <= 1 else { throw .malformed }
        return fields
    }

    /// The authority and the path with the query of an absolute URL (RFC 9112, section 3.2.2).
    private static func split(_ target: String) throws(Fault) -> (Substring, String) {
        let scheme = "http://"
        guard target.utf8.count > scheme.utf8.count, target.prefix(scheme.count).lowercased() == scheme else {
            throw .unsupported
        }
        let rest = target.dropFirst(scheme.count)
        guard !rest.contains("#") else { throw .malformed }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest[authority.endIndex...]
        return (authority, path.hasPrefix("/") ? String(path) : "/\(path)")
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A host and a port that a container wants to reach.
package struct Destination: Hashable, Sendable {
    /// A host, by name or by address.
    package enum Host: Hashable, Sendable {
        case name(HostName)
        case address(IPAddress)

        /// The host `text`: a name, or an address without brackets; `nil` for anything else.
        package init?(_ text: some StringProtocol) {
            if let address = IPAddress(text) {
                self = .address(address)
            } else if let name = HostName(text) {
                self = .name(name)
            } else {
                return nil
            }
        }

        /// The host, an address of IPv6 in brackets.
        package var text: String {
            switch self {
            case .name(let name): name.text
            case .address(let address): address.isVersion4 ? address.text : "[\(address.text)]"
            }
        }
    }

    /// The host.
    package let host: Host
    /// The port, not 0.
    package let port: UInt16

    /// The destination; `nil` for port 0.
    package init?(host: Host, port: UInt16) {
        guard port > 0 else { return nil }
        (self.host, self.port) = (host, port)
    }

    /// The destination in `text`: `host:port`, with an address of IPv6 in brackets (RFC 3986, section 3.2.2).
    ///
    /// - Parameter standard: The port of a text without one; `nil` when it is needed.
    package init?(_ text: some StringProtocol, port standard: UInt16? = nil) {
        let parts = Self.parts(of: text)
        guard let parts, let host = Host(parts.host), parts.isBracketed == Self.needsBrackets(host) else { return nil }
        let port: UInt16?
        if let digits = parts.port { port = Self.port(digits) } else { port = standard }
        guard let port else { return nil }
        self.init(host: host, port: port)
    }

    /// The host and the port, as in a URL.
    package var text: String { "\(host.text):\(port)" }

    /// A port in decimal digits; `nil` for anything else, and for 0.
    static func port(_ digits: some StringProtocol) -> UInt16? {
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return UInt16(digits).flatMap { $0 > 0 ? $0 : nil }
    }

    /// The host and the port of `text`, as far as they can be told apart.
    static func parts<Text: StringProtocol>(
        of text: Text
    ) -> (host: Text.SubSequence, port: Text.SubSequence?, isBracketed: Bool)? {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            return (text[text.index(after: text.startIndex)..<end], rest.isEmpty ? nil : rest.dropFirst(), true)
        }
        guard let colon = text.lastIndex(of: ":") else { return (text[...], nil, false) }
        return (text[..<colon], text[text.index(after: colon)...], false)
    }

    /// Whether the host is in brackets in front of a port.
    static func needsBrackets(_ host: Host) -> Bool {
        if case .address(let address) = host { return !address.isVersion4 }
        return false
    }
}

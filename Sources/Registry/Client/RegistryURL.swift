// SPDX-License-Identifier: Apache-2.0

/// The URL functions that the client needs (RFC 3986).
package enum RegistryURL {
    /// Scheme, host and port, in lower case and without the scheme's default port; `nil` unless the scheme is `http` or
    /// `https`.
    package static func origin(_ url: String) -> String? {
        let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, ["http", "https"].contains(parts[0].lowercased()) else { return nil }
        let scheme = parts[0].lowercased()
        let authority = parts[1].prefix { !"/?#".contains($0) }.lowercased()
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        let port = scheme == "https" ? ":443" : ":80"
        return "\(scheme)://\(authority.hasSuffix(port) ? String(authority.dropLast(port.count)) : authority)"
    }

    /// The host of a URL, without its port; `nil` as for `origin`.
    static func host(_ url: String) -> String? {
        origin(url).map { withoutPort(String($0.drop { $0 != ":" }.dropFirst(3))) }
    }

    static func withoutPort(_ host: String) -> String {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return String(host[...end]) }
        return String(host.prefix { $0 != ":" })
    }

    /// A `Location` resolved against the request's URL (RFC 9110 section 10.2.2; RFC 3986 section 5.2), with its query,
    /// without a fragment; `nil` when the result is no `http` or `https` URL.
    package static func resolve(_ location: String, against base: String) -> String? {
        let text = String(location.prefix { $0 != "#" })
        guard !text.isEmpty, text.utf8.count <= 1 << 14, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let origin = origin(base)
        else { return nil }
        if text.hasPrefix("//") { return checked("\(origin.prefix { $0 != ":" }):\(text)") }
        if text.hasPrefix("/") { return checked(origin + text) }
        if text.prefix(while: { !"/?".contains($0) }).contains(":") { return checked(text) }
        let path = base.prefix { $0 != "?" && $0 != "#" }
        if text.hasPrefix("?") { return checked(path + text) }
        return path.lastIndex(of: "/").flatMap { checked(path[...$0] + text) }
    }

    /// The URL with one more parameter; its existing query is kept as it is (distribution-spec, "Pushing a blob").
    package static func adding(_ name: String, _ value: String, to url: String) -> String {
        "\(url)\(url.contains("?") ? "&" : "?")\(name)=\(FormEncoding.encode(value))"
    }

    /// `localhost`, 127.0.0.0/8 and ::1.
    static func isLoopback(host: String) -> Bool {
        host == "localhost" || host == "[::1]"
            || host.wholeMatch(of: /127(\.\d{1,3}){3}/) != nil
    }

    /// Whether a host is an address of a private network (RFC 1918, RFC 3927, RFC 4193, loopback): a registry must not
    /// redirect the password to one.
    package static func isPrivateAddress(host: String) -> Bool {
        if host == "localhost" { return true }
        if host.hasPrefix("[") {
            let text = host.dropFirst().lowercased()
            return ["::", "fc", "fd", "fe8", "fe9", "fea", "feb"].contains { text.hasPrefix($0) }
        }
        // inet_aton(3) accepts any number as an address, in octal and without dots too.
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ $0.first?.isNumber == true }) else { return false }
        let numbers = parts.compactMap { UInt8($0) }
        guard parts.count == 4, numbers.count == 4, parts.allSatisfy({ $0 == "0" || !$0.hasPrefix("0") }) else {
            return true
        }
        switch (numbers[0], numbers[1]) {
        case (0, _), (10, _), (127, _), (169, 254), (192, 168), (172, 16...31): return true
        default: return false
        }
    }

    private static func checked(_ url: some StringProtocol) -> String? {
        origin(String(url)).map { _ in String(url) }
    }
}

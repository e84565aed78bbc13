// SPDX-License-Identifier: Apache-2.0

/// The grammar of references (distribution `reference/regexp.go`; OCI distribution-spec, "Pulling manifests"; OCI
/// annotations.md, `org.opencontainers.image.ref.name`).
enum ReferenceGrammar {
    /// Whether the first of several components is a registry and not part of the path: it has a dot, a port, an IPv6
    /// address or upper-case letters, or is `localhost`.
    static func looksLikeRegistry(_ part: String) -> Bool {
        part == "localhost" || part.utf8.contains { ".:[".utf8.contains($0) || isUpper($0) }
    }

    /// Whether `text` is `host[:port]`: a name, an IPv4 address, or an IPv6 address in brackets.
    static func isRegistry(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        if bytes.first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")), close > 1 else { return false }
            let rest = bytes[(close + 1)...]
            return bytes[1..<close].allSatisfy { isHex($0) || $0 == UInt8(ascii: ":") }
                && (rest.isEmpty || rest.first == UInt8(ascii: ":") && isPort(rest.dropFirst()))
        }
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard let host = parts.first, parts.count <= 2, parts.count == 1 || isPort(parts[1]) else { return false }
        return host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy(isHostLabel)
    }

    /// Whether `text` has components of lower-case letters and digits, joined by `.`, `_`, `__` or hyphens, separated
    /// by slashes.
    static func isPath(_ text: String) -> Bool {
        text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
            isJoined(part, isWord: { isLower($0) || isDigit($0) }) { separator in
                separator.allSatisfy { $0 == UInt8(ascii: "-") }
                    || [".", "_", "__"].contains { separator.elementsEqual($0.utf8) }
            }
        }
    }

    /// `[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}`.
    static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetterOrDigit(first) || first == UInt8(ascii: "_") else { return false }
        return text.utf8.count <= 128 && text.utf8.allSatisfy { isLetterOrDigit($0) || "_.-".utf8.contains($0) }
    }

    /// Whether `text` is valid as a name in a layout's index: words joined by one of `-._:@+` or by `--`, separated by
    /// slashes. A registry with an IPv6 address is accepted at the beginning, which the specification forgot.
    static func isReferenceName(_ text: String) -> Bool {
        var parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
        if text.hasPrefix("["), parts.count > 1, isRegistry(String(Substring(parts[0]))) { parts.removeFirst() }
        return text.utf8.count <= 1024
            && parts.allSatisfy { part in
                isJoined(part, isWord: isLetterOrDigit) { separator in
                    separator.count == 1 && "-._:@+".utf8.contains { separator.first == $0 }
                        || separator.elementsEqual("--".utf8)
                }
            }
    }

    /// Whether `text` consists of words with one separator between each two, and none at the ends.
    private static func isJoined(
        _ text: Substring.UTF8View, isWord: (UInt8) -> Bool, isSeparator: (Substring.UTF8View) -> Bool
    ) -> Bool {
        guard let first = text.first, let last = text.last, isWord(first), isWord(last) else { return false }
        var rest = text
        while let start = rest.firstIndex(where: { !isWord($0) }) {
            let tail = rest[start...]
            let end = tail.firstIndex(where: isWord) ?? tail.endIndex
            guard isSeparator(tail[..<end]) else { return false }
            rest = tail[end...]
        }
        return true
    }

    private static func isHostLabel(_ label: some Collection<UInt8>) -> Bool {
        let bytes = Array(label)
        guard let first = bytes.first, let last = bytes.last else { return false }
        return isLetterOrDigit(first) && isLetterOrDigit(last)
            && bytes.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isPort(_ digits: some Collection<UInt8>) -> Bool {
        (1...5).contains(digits.count) && digits.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    private static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
    private static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || isLower(byte) || isUpper(byte) }
    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}

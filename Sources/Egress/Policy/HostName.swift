// SPDX-License-Identifier: Apache-2.0

/// The name of a host in the DNS, in lower case and without the dot of the root (RFC 1123, section 2.1).
///
/// It is ASCII: an internationalized name is written with its A-labels (RFC 5890). A name whose last label is a number is
/// refused, because getaddrinfo(3) reads such words as addresses in old notations, as `127.1`.
package struct HostName: Hashable, Sendable {
    /// The name.
    package let text: String

    /// The name `text`; `nil` when it is not valid.
    package init?(_ text: some StringProtocol) {
        var bytes = text.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard bytes.count <= 253, labels.allSatisfy(Self.isLabel), let last = labels.last, !Self.isNumber(last) else {
            return nil
        }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    /// The number of labels.
    var labelCount: Int { text.utf8.count { $0 == UInt8(ascii: ".") } + 1 }

    /// Whether this is a name below `domain`, at any depth.
    func isBelow(_ domain: HostName) -> Bool { text.hasSuffix("." + domain.text) }

    private static func isLabel(_ bytes: ArraySlice<UInt8>) -> Bool {
        let isInner: (UInt8) -> Bool = {
            (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        return (1...63).contains(bytes.count) && bytes.allSatisfy(isInner) && bytes.first != UInt8(ascii: "-")
            && bytes.last != UInt8(ascii: "-")
    }

    /// Whether getaddrinfo(3) could read the label as a number: decimal, octal, or hexadecimal.
    private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
        label.allSatisfy { (48...57).contains($0) } || label.starts(with: "0x".utf8)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core

/// A package version, `[epoch:]upstream[-revision]` (Debian Policy 5.6.12), ordered as dpkg orders it.
///
/// `==` compares what was written; `1.0` and `1.00-0` differ in that, though dpkg's order holds them equal
/// (`order(to:)`).
package struct DebianVersion: Sendable, CodedAsText {
    /// The version as it was written.
    package let text: String

    package var description: String { text }

    /// Parses a version.
    ///
    /// - Throws: `DebianError.malformedVersion` when a part is empty or has a character that Policy 5.6.12 does not
    ///   allow.
    package init(_ text: some StringProtocol) throws(DebianError) {
        let text = String(text)
        guard DebianVersion.isValid(Array(text.utf8)) else { throw .malformedVersion(String(text.prefix(80))) }
        self.text = text
    }

    private static func isValid(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty, bytes.count <= 256 else { return false }
        var rest = bytes[...]
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            let epoch = bytes[..<colon]
            guard !epoch.isEmpty, epoch.count <= 9, epoch.allSatisfy(isDigit) else { return false }
            rest = bytes[(colon + 1)...]
        }
        var upstream = rest
        if let dash = rest.lastIndex(of: UInt8(ascii: "-")) {
            let revision = rest[(dash + 1)...]
            guard !revision.isEmpty, revision.allSatisfy({ isAlphanumeric($0) || isOneOf($0, "+.~") }) else {
                return false
            }
            upstream = rest[..<dash]
        }
        // dpkg wants a digit first; the archive has always obeyed.
        guard let first = upstream.first, isDigit(first) else { return false }
        return upstream.allSatisfy { isAlphanumeric($0) || isOneOf($0, ".+-~:") }
    }
}

extension DebianVersion: Comparable, Hashable {
    /// Where this version stands to `other` in dpkg's order: negative when before, 0 when they count as equal.
    package func order(to other: DebianVersion) -> Int {
        var (left, right) = (text, other.text)
        return left.withUTF8 { left in right.withUTF8 { VersionOrder.compare(left, $0) } }
    }

    /// dpkg's order; versions that dpkg holds to be equal are ordered by their text, so that a sort has one result.
    package static func < (left: DebianVersion, right: DebianVersion) -> Bool {
        let order = left.order(to: right)
        return order != 0 ? order < 0 : left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

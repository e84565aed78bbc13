// SPDX-License-Identifier: Apache-2.0

import Core

/// A package version, `[epoch:]upstream[-revision]` (Debian Policy 5.6.12), ordered as dpkg orders it.
///
/// `==` compares the text; `1.0` and `1.00-0` are different texts, but equal in dpkg's order (`order(to:)`).
package struct DebianVersion: Sendable, CodedAsText {
    /// The version as written.
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
        // dpkg requires a leading digit, and all versions in the archive have one.
        guard let first = upstream.first, isDigit(first) else { return false }
        return upstream.allSatisfy { isAlphanumeric($0) || isOneOf($0, ".+-~:") }
    }
}

extension DebianVersion: Comparable, Hashable {
    /// The order of this version relative to `other` in dpkg's order: negative, 0 for equal versions, or positive.
    package func order(to other: DebianVersion) -> Int {
        var (left, right) = (text, other.text)
        return left.withUTF8 { left in right.withUTF8 { VersionOrder.compare(left, $0) } }
    }

    /// dpkg's order; versions that are equal in it are ordered by their text, so that sorting is deterministic.
    package static func < (left: DebianVersion, right: DebianVersion) -> Bool {
        let order = left.order(to: right)
        return order != 0 ? order < 0 : left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

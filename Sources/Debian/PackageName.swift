// SPDX-License-Identifier: Apache-2.0

import Core

/// The name of a binary or source package (Debian Policy 5.6.1): at least two lower-case letters, digits, `+`, `-` and
/// `.`, beginning with a letter or digit. Ordered by its bytes.
package struct PackageName: Hashable, Comparable, Sendable, CodedAsText {
    /// The name.
    package let text: String

    package var description: String { text }

    /// Parses a name.
    ///
    /// - Throws: `DebianError.malformedName`.
    package init(_ text: some StringProtocol) throws(DebianError) {
        let bytes = text.utf8
        let valid =
            bytes.count >= 2 && bytes.count <= 128 && bytes.first.map { isDigit($0) || (97...122).contains($0) } == true
            && bytes.allSatisfy { isDigit($0) || (97...122).contains($0) || isOneOf($0, "+-.") }
        guard valid else { throw .malformedName(String(text.prefix(80))) }
        self.text = String(text)
    }

    package static func < (left: PackageName, right: PackageName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

/// A Debian architecture that images are built for (Debian Policy 11.1).
package enum Architecture: String, CaseIterable, Hashable, Comparable, Codable, Sendable {
    case amd64
    case arm64

    /// Parses Debian's name of an architecture.
    ///
    /// - Throws: `DebianError.unknownArchitecture`.
    package init(parsing text: some StringProtocol) throws(DebianError) {
        guard let found = Architecture(rawValue: String(text)) else {
            throw .unknownArchitecture(String(text.prefix(80)))
        }
        self = found
    }

    /// The platform as in OCI documents (image-spec, `GOOS/GOARCH`).
    package var platform: String { "linux/\(rawValue)" }

    package static func < (left: Architecture, right: Architecture) -> Bool { left.rawValue < right.rawValue }
}

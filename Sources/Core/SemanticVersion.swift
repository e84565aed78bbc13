// SPDX-License-Identifier: Apache-2.0

/// A version of this project, `X.Y.Z` (semver.org, 2.0.0). Releases have no pre-release and build metadata; a `+` is
/// not allowed in an image's tag (OCI distribution-spec, "Pulling manifests").
package struct SemanticVersion: Hashable, Comparable, Sendable, CodedAsText {
    /// The number that increases with breaking changes.
    package let major: UInt32
    /// The number that increases with new features.
    package let minor: UInt32
    /// The number that increases with fixes.
    package let patch: UInt32

    /// Creates a version.
    package init(_ major: UInt32, _ minor: UInt32, _ patch: UInt32) {
        (self.major, self.minor, self.patch) = (major, minor, patch)
    }

    /// Parses `X.Y.Z`: decimal numbers of at most nine digits, without leading zeros.
    ///
    /// - Throws: `SemanticVersionError`.
    package init(_ text: some StringProtocol) throws(SemanticVersionError) {
        let numbers = String(text).split(separator: ".", omittingEmptySubsequences: false).map(Self.number)
        guard numbers.count == 3, let major = numbers[0], let minor = numbers[1], let patch = numbers[2] else {
            throw SemanticVersionError(text: String(text.prefix(80)))
        }
        self.init(major, minor, patch)
    }

    /// Parses the version in an image's tag or label: `1.2.3`, or `1.2.3-base` for an image without the coding agent;
    /// nil when there is none.
    package init?(ofImage name: some StringProtocol) {
        let core = name.hasSuffix(Self.baseSuffix) ? String(name.dropLast(Self.baseSuffix.count)) : String(name)
        guard let version = try? SemanticVersion(core) else { return nil }
        self = version
    }

    /// The suffix of tags and labels of images without the coding agent.
    package static let baseSuffix = "-base"

    private static func number(_ text: Substring) -> UInt32? {
        let digits = text.utf8
        guard (1...9).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return digits.count > 1 && digits.first == UInt8(ascii: "0") ? nil : UInt32(text)
    }

    package var description: String { "\(major).\(minor).\(patch)" }

    /// The release series with the same major and minor number, which support is promised for: `1.0.x`.
    package var line: String { "\(major).\(minor).x" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }
}

/// The error for text that is not a version.
package struct SemanticVersionError: UserFacingError, Hashable {
    /// The text, truncated to 80 characters.
    package let text: String

    package var sentence: String { "'\(text)' is not a version." }

    package var hint: String? { "Write three numbers, as in 1.2.3." }

    package var exitStatus: ExitStatus { .usage }
}

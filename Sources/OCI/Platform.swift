// SPDX-License-Identifier: Apache-2.0

/// The platform of an image (OCI image-index.md, "platform"): `linux/amd64`, `linux/arm64`.
///
/// Baseline variants (`amd64/v1`, `arm64/v8`) are omitted, as in containerd, so that equal platforms are equal values.
package struct Platform: Hashable, Sendable {
    /// Always `linux`.
    package let os: String
    /// `amd64` or `arm64`, in Go's and Debian's naming.
    package let architecture: String
    /// The variant of the architecture, such as `v3`; nil for the baseline.
    package let variant: String?

    /// `linux/amd64`.
    package static let amd64 = Platform(known: "amd64")
    /// `linux/arm64`.
    package static let arm64 = Platform(known: "arm64")

    /// Parses `linux/<architecture>[/<variant>]`.
    ///
    /// - Throws: `OCIError.unknownPlatform`.
    package init(_ text: some StringProtocol) throws {
        let parts = String(text).split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
        guard (2...3).contains(parts.count) else { throw OCIError.unknownPlatform(String(text.prefix(80))) }
        try self.init(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : nil)
    }

    /// Creates a platform from the three fields of a descriptor or a configuration.
    ///
    /// - Throws: `OCIError.unknownPlatform`.
    package init(os: String, architecture: String, variant: String? = nil) throws {
        guard os == "linux", ["amd64", "arm64"].contains(architecture), variant.map(Self.isVariant) ?? true else {
            let text = ([os, architecture] + (variant.map { [$0] } ?? [])).joined(separator: "/")
            throw OCIError.unknownPlatform(String(text.prefix(80)))
        }
        self.os = os
        self.architecture = architecture
        self.variant = variant == Self.baseVariants[architecture] ? nil : variant
    }

    private init(known architecture: String) {
        os = "linux"
        self.architecture = architecture
        variant = nil
    }

    private static let baseVariants = ["amd64": "v1", "arm64": "v8"]

    private static func isVariant(_ text: String) -> Bool {
        text.utf8.first == UInt8(ascii: "v") && (2...3).contains(text.utf8.count)
            && text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension Platform: CustomStringConvertible {
    /// The text that `init(_:)` parses.
    package var description: String { "\(os)/\(architecture)" + (variant.map { "/\($0)" } ?? "") }
}

extension Platform: Codable {
    private enum CodingKeys: String, CodingKey { case os, architecture, variant }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            os: container.decode(String.self, forKey: .os),
            architecture: container.decode(String.self, forKey: .architecture),
            variant: container.decodeIfPresent(String.self, forKey: .variant))
    }
}

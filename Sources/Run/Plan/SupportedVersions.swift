// SPDX-License-Identifier: Apache-2.0

/// The versions that get security fixes, as SECURITY.md has them; a test holds the two together.
package enum SupportedVersions {
    /// Major and minor number of each line that is supported.
    package static let lines = ["1.0"]

    /// What to say to somebody who starts an image of `version`; `nil` where it is supported.
    package static func warning(_ version: String) -> String? {
        let line = version.split(separator: ".").prefix(2).joined(separator: ".")
        guard !lines.contains(line) else { return nil }
        let supported = lines.map { "\($0).x" }.joined(separator: ", ")
        return "the image's version \(version) gets no security fixes any more; supported: \(supported)"
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core

/// The versions that get security fixes: those of the newest release series, as SECURITY.md promises (claim C01).
package enum SupportedVersions {
    /// A warning for a locally built image of `version`; `nil` when it is supported.
    ///
    /// - Parameter program: The version of this program, which does not know later release series.
    package static func warning(_ version: String, program: SemanticVersion) -> String? {
        guard let image = try? SemanticVersion(version), (image.major, image.minor) < (program.major, program.minor)
        else { return nil }
        return "the image's version \(image) gets no security fixes any more; supported: \(program.line)"
    }
}

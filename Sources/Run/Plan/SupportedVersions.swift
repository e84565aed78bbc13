// SPDX-License-Identifier: Apache-2.0

import Core

/// The versions that get security fixes: those of the newest line, as SECURITY.md promises (claim C01).
package enum SupportedVersions {
    /// What to say to somebody who starts an image of `version` that was built here; `nil` where it is supported.
    ///
    /// - Parameter program: The version of this program: later lines than its own are not known to it.
    package static func warning(_ version: String, program: SemanticVersion) -> String? {
        guard let image = try? SemanticVersion(version), (image.major, image.minor) < (program.major, program.minor)
        else { return nil }
        return "the image's version \(image) gets no security fixes any more; supported: \(program.line)"
    }
}

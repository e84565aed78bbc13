// SPDX-License-Identifier: Apache-2.0

import Core

/// The version of this program: that of the project's last release, which had the same version of the image.
package enum ProgramVersion {
    /// As `--version` prints it. `release` writes it, in the commit that it tags; 0.0.0 before the first release.
    package static let current = "0.0.0"

    /// The same as a value.
    static var semantic: SemanticVersion { (try? SemanticVersion(current)) ?? SemanticVersion(0, 0, 0) }
}

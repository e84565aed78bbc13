// SPDX-License-Identifier: Apache-2.0

import Core

/// The version of this program: that of the project's last release, which is also the version of its image.
package enum ProgramVersion {
    /// The output of `--version`. `release` writes it in the commit that it tags; 0.0.0 before the first release.
    package static let current = "0.0.0"

    /// The version as a value.
    static var semantic: SemanticVersion { (try? SemanticVersion(current)) ?? SemanticVersion(0, 0, 0) }
}

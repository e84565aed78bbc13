// SPDX-License-Identifier: Apache-2.0

import Core

extension SemanticVersion {
    /// Parses a release's git tag, `v1.2.3`; `nil` for another tag.
    package init?(gitTag name: some StringProtocol) {
        guard name.hasPrefix("v"), let version = try? SemanticVersion(name.dropFirst()) else { return nil }
        self = version
    }

    /// The release's git tag.
    package var gitTag: String { "v\(self)" }
}

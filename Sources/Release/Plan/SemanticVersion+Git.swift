// SPDX-License-Identifier: Apache-2.0

import Core

extension SemanticVersion {
    /// Parses the name of a release's git tag, `v1.2.3`; `nil` when it is another tag.
    package init?(gitTag name: some StringProtocol) {
        guard name.hasPrefix("v"), let version = try? SemanticVersion(name.dropFirst()) else { return nil }
        self = version
    }

    /// The name of its git tag.
    package var gitTag: String { "v\(self)" }
}

// SPDX-License-Identifier: Apache-2.0

import Core

/// What the caller asks of an image beyond a good signature.
package struct TrustRules: Hashable, Sendable {
    /// Whether a version older than one that was verified before is taken.
    package var allowsDowngrade: Bool
    /// Whether a heartbeat that is missing, over, or of a newer version is more than a warning.
    package var requiresFreshness: Bool
    /// The oldest version this program works with.
    package var floor: SemanticVersion?

    /// Puts rules together; the default is what a user gets who says nothing.
    package init(allowsDowngrade: Bool = false, requiresFreshness: Bool = false, floor: SemanticVersion? = nil) {
        self.allowsDowngrade = allowsDowngrade
        self.requiresFreshness = requiresFreshness
        self.floor = floor
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core

/// The caller's rules beyond a valid signature.
package struct TrustRules: Hashable, Sendable {
    /// Whether an older version than one verified before is accepted.
    package var allowsDowngrade: Bool
    /// Whether a missing, expired or newer heartbeat is an error instead of a warning.
    package var requiresFreshness: Bool
    /// The oldest version that this program supports.
    package var floor: SemanticVersion?

    /// Creates rules; the default values are those of a call without options.
    package init(allowsDowngrade: Bool = false, requiresFreshness: Bool = false, floor: SemanticVersion? = nil) {
        self.allowsDowngrade = allowsDowngrade
        self.requiresFreshness = requiresFreshness
        self.floor = floor
    }
}

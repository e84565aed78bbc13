// SPDX-License-Identifier: Apache-2.0

import Core

/// Everything this module refuses.
package enum RegistryError: Error, Sendable, Hashable {
    /// A manifest that says two things, or that cannot be read.
    case manifest(String, problem: String)
    /// The tag that stands in for the referrers API names something else.
    case foreignReferrers(String)
}

extension RegistryError: UserFacingError {
    package var sentence: String {
        switch self {
        case .manifest(let place, let problem): "Cannot use the manifest \(place): \(problem)"
        case .foreignReferrers(let place): "The tag \(place) is not an OCI index, so nothing can be attached there."
        }
    }

    package var hint: String? {
        switch self {
        case .foreignReferrers: "Remove the tag if nobody needs it; signatures are listed under it."
        default: nil
        }
    }
}

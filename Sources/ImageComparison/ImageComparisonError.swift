// SPDX-License-Identifier: Apache-2.0

import Core

/// An error of comparing images.
package enum ImageComparisonError: Error, Hashable {
    /// An image without dpkg's database, in the layout of that directory.
    case noPackageDatabase(String)
}

extension ImageComparisonError: UserFacingError {
    package var sentence: String {
        switch self {
        case .noPackageDatabase(let directory): "The image in '\(directory)' has no /var/lib/dpkg/status."
        }
    }

    package var hint: String? { nil }
}

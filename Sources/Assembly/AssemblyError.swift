// SPDX-License-Identifier: Apache-2.0

import Core

/// What can go wrong between verified packages and a build context.
package enum AssemblyError: Error, Hashable {
    /// Two packages ship the same path.
    case conflict(path: String)
}

extension AssemblyError: UserFacingError {
    package var sentence: String {
        switch self {
        case .conflict(let path): "Two packages of the image ship '/\(path)'."
        }
    }

    package var hint: String? { "Take one of them out of image/image.yaml." }
}

// SPDX-License-Identifier: Apache-2.0

import Core

/// What can go wrong between verified packages and a build context.
package enum AssemblyError: Error, Hashable {
    /// Packages ship the same path, and none replaces files of the other (Debian Policy 7.6.1).
    case conflict(path: String, packages: [String])
    /// What a shared cache says of a layer is not true of it; the problem is a clause.
    case foreignRecord(layer: String, problem: String)
}

extension AssemblyError: UserFacingError {
    package var sentence: String {
        switch self {
        case .conflict(let path, let packages):
            "The packages \(packages.joined(separator: " and ")) ship the same file, '/\(path)', and none replaces the other's."
        case .foreignRecord(let layer, let problem): "The record of the layer '\(layer)' \(problem)."
        }
    }

    package var hint: String? {
        switch self {
        case .conflict: "Take one of them out of image/image.yaml."
        case .foreignRecord: "Build without --cache, and find out who wrote it."
        }
    }
}

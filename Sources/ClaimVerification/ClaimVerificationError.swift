// SPDX-License-Identifier: Apache-2.0

import Core

/// An error in what a verification needs.
package enum ClaimVerificationError: Error, Hashable {
    /// An image in a file, for an engine that needs it loaded.
    case imageOfEngine(String, String)
    /// The probe program is missing.
    case missingProbe([String])
}

extension ClaimVerificationError: UserFacingError {
    package var sentence: String {
        switch self {
        case .imageOfEngine(let image, let engine): "'\(engine)' verifies its own images, but '\(image)' is a file."
        case .missingProbe(let places): "There is no probe program at \(places.joined(separator: " or at "))."
        }
    }

    package var hint: String? {
        switch self {
        case .imageOfEngine(_, let engine): "Load it (`\(engine) load`) and pass its name, or omit `--engine`."
        case .missingProbe: "Run `make`, or set OPENCODE_DOCKER_PROBE."
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .imageOfEngine: .usage
        case .missingProbe: .broken
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Why a verification came to no verdict.
package enum VerifyError: Error, Hashable {
    /// A claim of the definition is not one.
    case malformedClaim(String, reason: String)
    /// The probe wrote something that is no line of results.
    case unreadableProbeOutput(VantagePoint, line: Int)
    /// The probe is not where it should be.
    case probeMissing(FilePath)
}

extension VerifyError: UserFacingError {
    package var sentence: String {
        switch self {
        case .malformedClaim(let id, let reason): "The claim '\(id)' of hardening.yaml cannot be used: \(reason)."
        case .unreadableProbeOutput(let vantage, let line):
            "The probe, run as \(vantage.rawValue), wrote something that is no result in line \(line)."
        case .probeMissing(let path): "The probe is not at '\(path)'."
        }
    }

    package var hint: String? {
        switch self {
        case .malformedClaim: nil
        case .unreadableProbeOutput: "The probe and this program must be of the same build."
        case .probeMissing: "It is installed beside this program; install both again."
        }
    }
}

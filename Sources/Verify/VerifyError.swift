// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// An error that prevents a verdict.
package enum VerifyError: Error, Hashable {
    /// The probe wrote a line that is not a result.
    case unreadableProbeOutput(VantagePoint, line: Int)
    /// The probe does not exist.
    case probeMissing(FilePath)
}

extension VerifyError: UserFacingError {
    package var sentence: String {
        switch self {
        case .unreadableProbeOutput(let vantage, let line):
            "Line \(line) of the probe's output, run as \(vantage.rawValue), is not a result."
        case .probeMissing(let path): "There is no probe at '\(path)'."
        }
    }

    package var hint: String? {
        switch self {
        case .unreadableProbeOutput: "Install the probe and this program from the same build."
        case .probeMissing: "It is installed beside this program; install both again."
        }
    }
}

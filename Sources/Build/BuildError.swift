// SPDX-License-Identifier: Apache-2.0

import Core

/// Why an image could not be built from its context.
package enum BuildError: Error, Hashable {
    /// The configure program ended with `status`.
    case configureFailed(status: Int32, lastLines: [String])
    /// The configure program left something that has no place in a layer.
    case oddFile(path: String)
    /// A path of a package is not what dpkg's database says of it.
    case otherFile(package: String, path: String)
}

extension BuildError: UserFacingError {
    package var sentence: String {
        switch self {
        case .configureFailed(let status, let lines):
            "Configuring the packages failed with status \(status): \(Self.clause(lines))."
        case .oddFile(let path): "Configuring the packages left a device, socket or pipe at '/\(path)'."
        case .otherFile(let package, let path):
            "After configuring, '\(path)' is not what the package \(package) ships, nor what its scripts made of it."
        }
    }

    /// The last lines, without the last one's period.
    private static func clause(_ lines: [String]) -> String {
        let text = lines.suffix(4).joined(separator: " / ")
        return text.isEmpty ? "it printed nothing" : text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    package var hint: String? {
        switch self {
        case .configureFailed: "Run it again with --verbose to see everything that dpkg printed."
        case .oddFile: "Remove it in image/configure."
        case .otherFile: "Take the package out of image/image.yaml, and report it with the list of your packages."
        }
    }
}

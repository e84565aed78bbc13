// SPDX-License-Identifier: Apache-2.0

import Core

/// Errors of an export.
package enum ExportError: Error, Hashable {
    /// A name that Kubernetes and Compose do not accept.
    case invalidName(String)
    /// A path that a document cannot name.
    case unusablePath(String)
    /// An option of the engines for which a form has neither a key nor a remark.
    case inexpressible(String, ExportForm)
}

extension ExportError: UserFacingError {
    package var sentence: String {
        switch self {
        case .invalidName(let name):
            "'\(name.prefix(100))' is not a valid name of a service, a pod or a claim."
        case .unusablePath(let path):
            "'\(path)' cannot be named in a document: it is not UTF-8, or has control characters."
        case .inexpressible(let option, let form): "The option '\(option)' cannot be written for \(form.title)."
        }
    }

    package var hint: String? {
        switch self {
        case .invalidName: "Use lower-case letters, digits and '-', at most 40 of them."
        case .unusablePath: "Rename it."
        case .inexpressible: nil
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .invalidName, .unusablePath: .usage
        case .inexpressible: .broken
        }
    }
}

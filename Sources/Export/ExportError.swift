// SPDX-License-Identifier: Apache-2.0

import Core

/// Errors of an export.
package enum ExportError: Error, Hashable {
    /// A name that Kubernetes and Compose do not accept.
    case invalidName(String)
    /// A path that a document cannot name.
    case unusablePath(String)
    /// The value of an option with bytes that are not UTF-8, or with control characters.
    case unusableValue(option: String, String)
    /// A value with the beginning of a variable, in a form that has no way to write it otherwise.
    case variable(String, ExportForm)
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
        case .unusableValue(let option, let value):
            "'\(value.prefix(100))' cannot be the value of \(option): it is not UTF-8, or has control characters."
        case .variable(let text, let form):
            "'\(text)' cannot be written in \(form.title): its reader replaces '${…}' by the value of a variable."
        case .inexpressible(let option, let form): "The option '\(option)' cannot be written for \(form.title)."
        }
    }

    package var hint: String? {
        switch self {
        case .invalidName: "Use lower-case letters, digits and '-', at most 40 of them."
        case .unusablePath: "Rename it."
        case .unusableValue: "Use letters, digits and '-._/'."
        case .variable: "Rename the file, or choose another directory."
        case .inexpressible: nil
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .invalidName, .unusablePath, .unusableValue, .variable: .usage
        case .inexpressible: .broken
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core

/// A position in a definition file; lines and columns count from 1, columns in Unicode scalars.
package struct DefinitionPlace: Sendable, Hashable, CustomStringConvertible {
    /// The file as the caller named it.
    package let file: String
    /// The line.
    package let line: Int
    /// The column.
    package let column: Int

    /// Creates a position.
    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}

/// Errors of an image definition, with their position.
package enum DefinitionError: Error, Sendable, Hashable {
    /// Invalid YAML; `problem` is the parser's message.
    case notYAML(DefinitionPlace, problem: String)
    /// An unknown key; `nearest` is the most similar known key.
    case unknownKey(DefinitionPlace, key: String, nearest: String?, known: [String])
    /// A mandatory key is missing.
    case missingKey(DefinitionPlace, key: String)
    /// A value of the wrong type, such as a list instead of a text.
    case wrongKind(DefinitionPlace, key: String, needed: String)
    /// An invalid value.
    case invalid(DefinitionPlace, key: String, value: String, needed: String)
    /// A package file without its digest; `actual` is the digest of the existing file.
    case missingDigest(DefinitionPlace, file: String, actual: Digest?)
    /// A duplicate value.
    case twice(DefinitionPlace, key: String, value: String)
    /// A seccomp filter that does not exist.
    case missingFilter(DefinitionPlace, file: String)
    /// A name that no probe has; `nearest` is the most similar one.
    case unknownProbe(DefinitionPlace, name: String, nearest: String?)

    /// A profile that hardening.yaml does not define, and the defined ones.
    case unknownProfile(String, [String])
}

extension DefinitionError: UserFacingError {
    package var sentence: String { (place.map { "\($0): " } ?? "") + problem }

    /// The position of the error, if it is in a file.
    package var place: DefinitionPlace? {
        switch self {
        case .notYAML(let place, _), .unknownKey(let place, _, _, _), .missingKey(let place, _),
            .wrongKind(let place, _, _), .invalid(let place, _, _, _), .twice(let place, _, _),
            .missingDigest(let place, _, _), .missingFilter(let place, _), .unknownProbe(let place, _, _):
            place
        case .unknownProfile: nil
        }
    }

    private var problem: String {
        switch self {
        case .notYAML(_, let problem): "This is not YAML: \(problem)."
        case .unknownKey(_, let key, _, _): "The key '\(key)' is not known here."
        case .missingKey(_, let key): "The key '\(key)' is missing."
        case .wrongKind(_, let key, let needed): "'\(key)' must be \(needed)."
        case .invalid(_, let key, let value, let needed): "'\(value)' cannot be '\(key)': it must be \(needed)."
        case .missingDigest(_, let file, _): "'\(file)' has no sha256."
        case .twice(_, let key, let value): "'\(value)' is in '\(key)' twice."
        case .missingFilter(_, let file): "The filter '\(file)' is not beside this file."
        case .unknownProbe(_, let name, _): "There is no probe '\(name)'."
        case .unknownProfile(let name, let known):
            "image/hardening.yaml has no profile '\(name)'; it has \(known.joined(separator: " and "))."
        }
    }

    package var exitStatus: ExitStatus { .usage }

    package var hint: String? {
        switch self {
        case .missingDigest(_, let file, let actual):
            actual.map { "Write it as {file: \(file), sha256: \($0.hex)}." }
                ?? "Put the file below the definition's directory; `sha256sum` prints its digest."
        case .unknownKey(_, _, let nearest?, _), .unknownProbe(_, _, let nearest?): "Did you mean '\(nearest)'?"
        case .unknownKey(_, _, nil, let known): known.isEmpty ? nil : "Known here: \(known.joined(separator: ", "))."
        case .unknownProbe: "The names are in `claims:` of the shipped hardening.yaml."
        case .missingFilter:
            "Keep both together: git archive REVISION image | tar -x -C DIRECTORY unpacks the whole of image/."
        case .notYAML, .missingKey, .wrongKind, .invalid, .twice, .unknownProfile: nil
        }
    }
}

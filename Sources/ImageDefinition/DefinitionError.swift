// SPDX-License-Identifier: Apache-2.0

import Core

/// A place in a definition file; lines and columns count from 1, columns in Unicode scalars.
package struct DefinitionPlace: Sendable, Hashable, CustomStringConvertible {
    /// The file as the caller named it.
    package let file: String
    /// The line.
    package let line: Int
    /// The column.
    package let column: Int

    /// A place as given.
    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}

/// Why a text is no image definition, and where.
package enum DefinitionError: Error, Sendable, Hashable {
    /// Not YAML, in the parser's words.
    case notYAML(DefinitionPlace, problem: String)
    /// A key that nobody reads; `nearest` is the one that was probably meant.
    case unknownKey(DefinitionPlace, key: String, nearest: String?, known: [String])
    /// A key that must be there is not.
    case missingKey(DefinitionPlace, key: String)
    /// Another kind of value than needed, such as a list where one text is needed.
    case wrongKind(DefinitionPlace, key: String, needed: String)
    /// A value that cannot be.
    case invalid(DefinitionPlace, key: String, value: String, needed: String)
    /// A package file without its digest; `actual` is that of the file, where it is there.
    case missingDigest(DefinitionPlace, file: String, actual: Digest?)
    /// Something is named twice.
    case twice(DefinitionPlace, key: String, value: String)

    /// Where it is wrong.
    package var place: DefinitionPlace {
        switch self {
        case .notYAML(let place, _), .unknownKey(let place, _, _, _), .missingKey(let place, _),
            .wrongKind(let place, _, _), .invalid(let place, _, _, _), .twice(let place, _, _),
            .missingDigest(let place, _, _):
            place
        }
    }
}

extension DefinitionError: UserFacingError {
    package var sentence: String {
        switch self {
        case .notYAML(_, let problem): "\(place): This is not YAML: \(problem)."
        case .unknownKey(_, let key, _, _): "\(place): The key '\(key)' means nothing here."
        case .missingKey(_, let key): "\(place): The key '\(key)' is missing."
        case .wrongKind(_, let key, let needed): "\(place): '\(key)' must be \(needed)."
        case .invalid(_, let key, let value, let needed):
            "\(place): '\(value)' cannot be '\(key)': it must be \(needed)."
        case .missingDigest(_, let file, _): "\(place): '\(file)' has no sha256."
        case .twice(_, let key, let value): "\(place): '\(value)' is in '\(key)' twice."
        }
    }

    package var exitStatus: ExitStatus { .usage }

    package var hint: String? {
        if case .missingDigest(_, let file, let actual) = self {
            return actual.map { "Write it as {file: \(file), sha256: \($0.hex)}." }
                ?? "Put the file below the definition's directory; `sha256sum` prints its digest."
        }
        guard case .unknownKey(_, _, let nearest, let known) = self else { return nil }
        if let nearest { return "Did you mean '\(nearest)'?" }
        return known.isEmpty ? nil : "Known here: \(known.joined(separator: ", "))."
    }
}

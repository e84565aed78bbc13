// SPDX-License-Identifier: Apache-2.0

import Core

/// Errors in Debian's data and in requests for packages.
package enum DebianError: Error, Hashable {
    /// Not a version (Debian Policy 5.6.12).
    case malformedVersion(String)
    /// Not an architecture that images are built for.
    case malformedName(String)
    /// An architecture images are not built for.
    case unknownArchitecture(String)
    /// An invalid line of a control file (Debian Policy 5.1).
    case malformedControl(file: String, line: Int, reason: String)
    /// A mandatory field is missing in a paragraph.
    case missingField(String, file: String, line: Int)
    /// A field has an invalid value.
    case malformedField(String, value: String, file: String, line: Int)
    /// The file exceeds a size limit.
    case tooLarge(file: String, limit: Int)
    /// The signature of a release file is not from a key of the keyring, or does not match the bytes.
    case badSignature(file: String, reason: String)
    /// A key file contains no public keys.
    case malformedKey(file: String)
    /// The program that verifies signatures could not be run.
    case cannotVerify(program: String, reason: String)
    /// The file is truncated.
    case truncated(file: String)
    /// The release file is for another release.
    case wrongCodename(file: String, expected: String, actual: String)
    /// The release file has expired.
    case expired(file: String, validUntil: String)
    /// The release file is older than the one the lock was made from.
    case rolledBack(file: String, date: String, locked: String)
    /// The release file's date is in the future.
    case notYetValid(file: String, date: String)
    /// The requested packages cannot be installed.
    case noSolution([Conflict])
}

extension DebianError {
    /// The file with the error; nil when it concerns no file.
    package var file: String? {
        switch self {
        case .malformedVersion, .malformedName, .unknownArchitecture, .cannotVerify, .noSolution: nil
        case .malformedControl(let file, _, _), .missingField(_, let file, _), .malformedField(_, _, let file, _),
            .tooLarge(let file, _), .badSignature(let file, _), .malformedKey(let file), .truncated(let file),
            .wrongCodename(let file, _, _), .expired(let file, _), .rolledBack(let file, _, _),
            .notYetValid(let file, _):
            file
        }
    }
}

extension DebianError: UserFacingError {
    package var sentence: String {
        switch self {
        case .malformedVersion(let text): "'\(text)' is not a Debian version."
        case .malformedName(let text): "'\(text)' is not a Debian package name."
        case .unknownArchitecture(let text): "The architecture '\(text)' is not one images are built for."
        case .malformedControl(let file, let line, let reason): "\(file), line \(line): \(reason)."
        case .missingField(let field, let file, let line): "\(file), line \(line): the paragraph has no \(field) field."
        case .malformedField(let field, let value, let file, let line):
            "\(file), line \(line): '\(value)' cannot be the value of \(field)."
        case .tooLarge(let file, let limit): "\(file) has more than \(limit) bytes."
        case .badSignature(let file, let reason): "The signature of \(file) is not valid: \(reason)."
        case .malformedKey(let file): "'\(file)' has no OpenPGP public key."
        case .cannotVerify(let program, let reason): "Cannot check signatures with '\(program)': \(reason)."
        case .truncated(let file): "\(file) is truncated."
        case .wrongCodename(let file, let expected, let actual):
            "\(file) describes the release '\(actual)', not '\(expected)'."
        case .expired(let file, let validUntil): "\(file) expired on \(validUntil)."
        case .rolledBack(let file, let date, let locked):
            "\(file) is dated \(date), older than the one of \(locked) that the lock was made from."
        case .notYetValid(let file, let date): "\(file) is dated \(date), which is in the future."
        case .noSolution(let conflicts): DebianError.sentence(for: conflicts)
        }
    }

    package var hint: String? {
        switch self {
        case .malformedVersion: "A version is written [epoch:]upstream[-revision], as in 1:2.39.5-0+deb12u2."
        case .malformedName: "Lower-case letters, digits, '+', '-' and '.' make a name of at least two characters."
        case .unknownArchitecture: "Use amd64 or arm64."
        case .badSignature, .wrongCodename: "Check the mirror: it may be broken, or the connection may be intercepted."
        case .malformedKey: "Use the public key of the repository's publisher, armored or binary."
        case .cannotVerify: "Install gpgv."
        case .truncated, .tooLarge, .malformedControl, .missingField, .malformedField: "Try another mirror."
        case .expired:
            "The mirror is not updated any more: choose another one with --mirror, or accept it with --allow-expired."
        case .rolledBack: "The mirror lags behind; try again later, or try another one."
        case .notYetValid: "Check the clock of this machine."
        case .noSolution(let conflicts): conflicts.lazy.compactMap(\.hint).first
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .noSolution: .no
        case .truncated, .rolledBack: .tryAgain
        default: .broken
        }
    }
}

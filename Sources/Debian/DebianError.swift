// SPDX-License-Identifier: Apache-2.0

import Core

/// What can be wrong with what Debian gives us, or with what was asked of it.
package enum DebianError: Error, Hashable {
    /// Not a version (Debian Policy 5.6.12).
    case malformedVersion(String)
    /// Not a package name (Debian Policy 5.6.1).
    case malformedName(String)
    /// An architecture images are not built for.
    case unknownArchitecture(String)
    /// A line of a control file that cannot be (Debian Policy 5.1).
    case malformedControl(file: String, line: Int, reason: String)
    /// A paragraph that lacks a field it must have.
    case missingField(String, file: String, line: Int)
    /// A field whose value cannot be.
    case malformedField(String, value: String, file: String, line: Int)
    /// More bytes than there may be.
    case tooLarge(file: String, limit: Int)
    /// The signature of a release file was not made by a key of the keyring, or not over these bytes.
    case badSignature(file: String, reason: String)
    /// A file that should have public keys does not.
    case malformedKey(file: String)
    /// The program that checks signatures could not be run.
    case cannotVerify(program: String, reason: String)
    /// The file ends before it should.
    case truncated(file: String)
    /// The release file is for another release.
    case wrongCodename(file: String, expected: String, actual: String)
    /// The release file's validity is over.
    case expired(file: String, validUntil: String)
    /// The release file is older than the one the lock was made from.
    case rolledBack(file: String, date: String, locked: String)
    /// The release file is dated later than now.
    case notYetValid(file: String, date: String)
    /// No packages can be installed as they were asked for.
    case noSolution([Conflict])
}

extension DebianError {
    /// The file in which something is wrong; `nil` where it is in none.
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
        case .badSignature(let file, let reason): "The signature of \(file) does not hold: \(reason)."
        case .malformedKey(let file): "'\(file)' has no OpenPGP public key."
        case .cannotVerify(let program, let reason): "Cannot check signatures with '\(program)': \(reason)."
        case .truncated(let file): "\(file) ends too early."
        case .wrongCodename(let file, let expected, let actual):
            "\(file) describes the release '\(actual)', not '\(expected)'."
        case .expired(let file, let validUntil): "\(file) was valid until \(validUntil) only."
        case .rolledBack(let file, let date, let locked):
            "\(file) is of \(date), older than the one of \(locked) that the lock was made from."
        case .notYetValid(let file, let date): "\(file) is dated \(date), which has not come yet."
        case .noSolution(let conflicts): DebianError.sentence(for: conflicts)
        }
    }

    package var hint: String? {
        switch self {
        case .malformedVersion: "A version is written [epoch:]upstream[-revision], as in 1:2.39.5-0+deb12u2."
        case .malformedName: "Lower-case letters, digits, '+', '-' and '.' make a name of at least two characters."
        case .unknownArchitecture: "Use amd64 or arm64."
        case .badSignature, .wrongCodename: "Look at the mirror: it may be broken, or someone may stand between."
        case .malformedKey: "Take the key that the repository's publisher names, armoured or binary."
        case .cannotVerify: "Install gpgv."
        case .truncated, .tooLarge, .malformedControl, .missingField, .malformedField: "Try another mirror."
        case .expired:
            "The mirror is not updated any more: name another one with --mirror, or take it as it is with --allow-expired."
        case .rolledBack: "The mirror lags behind; try again later, or try another one."
        case .notYetValid: "Look at the clock of this machine."
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

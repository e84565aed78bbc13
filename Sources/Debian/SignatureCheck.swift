// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Verifies the signatures of release files with `gpgv`, as apt does.
package struct SignatureCheck: Sendable {
    private let program: String
    private let keyrings: [FilePath]

    /// The keyring of Debian's package debian-archive-keyring.
    package static let archiveKeyring: FilePath = "/usr/share/keyrings/debian-archive-keyring.gpg"

    /// Creates a check with the keys of `keyrings`, binary OpenPGP files.
    package init(keyrings: [FilePath] = [archiveKeyring], program: String = "gpgv") {
        self.keyrings = keyrings
        self.program = program
    }

    /// A check with only the keys of another file.
    package func against(_ keyring: FilePath) -> SignatureCheck {
        SignatureCheck(keyrings: [keyring], program: program)
    }

    /// The result of the verification.
    package struct Verified: Hashable, Sendable {
        /// The signed bytes, without the armor.
        package let contents: [UInt8]
        /// The fingerprint of the primary key of the first valid signature.
        package let signer: String
    }

    /// Verifies an inline-signed file.
    ///
    /// At least one signature must be valid and none invalid; signatures of unknown keys are ignored.
    ///
    /// - Parameters:
    ///   - scratch: A path in a writable directory that does not exist.
    ///   - file: The file's name in errors.
    /// - Throws: `DebianError.badSignature`, `.cannotVerify`, `.truncated`; `FileError`.
    package func verify(_ signed: FilePath, scratch: FilePath, file: String) async throws -> Verified {
        try checkIsWhole(try Files.read(signed, limit: Release.limit), file: file)
        defer { try? Files.removeTree(scratch) }
        var arguments = ["--status-fd", "1", "--output", scratch.string]
        for keyring in keyrings { arguments += ["--keyring", keyring.string] }
        let status = try await run(arguments + [signed.string])
        let signer = try SignatureCheck.signer(status, file: file)
        return Verified(contents: try Files.read(scratch, limit: Release.limit), signer: signer)
    }

    private func run(_ arguments: [String]) async throws -> String {
        do {
            let environment = ExternalProgram.ownEnvironment.merging(["LC_ALL": "C"]) { $1 }
            let verifier = try ExternalProgram(named: program, arguments, environment: environment)
            let answer = try await verifier.result(limit: 1 << 20, error: .null)
            return String(decoding: answer.standardOutput, as: UTF8.self)
        } catch let error as ProgramError {
            throw DebianError.cannotVerify(program: program, reason: error.sentence)
        }
    }

    private func checkIsWhole(_ bytes: [UInt8], file: String) throws(DebianError) {
        let begins = bytes.starts(with: Array("-----BEGIN PGP SIGNED MESSAGE-----".utf8))
        let ends = trimmedRight(bytes[...]).suffix(27).elementsEqual("-----END PGP SIGNATURE-----".utf8)
        guard begins else { throw .badSignature(file: file, reason: "it is not a signed file") }
        guard ends else { throw .truncated(file: file) }
    }

    /// Parses gpgv's status lines (GnuPG doc/DETAILS): `VALIDSIG <fingerprint> <date> <time> <expires> <version> 0
    /// <public-key algorithm> <hash algorithm> <class> <primary fingerprint>`.
    ///
    /// - Throws: `DebianError.badSignature`.
    static func signer(_ status: String, file: String) throws(DebianError) -> String {
        var (isGood, signer) = (false, String?.none)
        var reason = "it was not made by a key of the keyring"
        for line in status.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 2, words[0] == "[GNUPG:]" else { continue }
            switch words[1] {
            case "BADSIG": throw .badSignature(file: file, reason: "it does not match the bytes")
            case "NEWSIG": isGood = false
            case "GOODSIG": isGood = true
            case "EXPKEYSIG": reason = "the key that made it, \(words.count > 2 ? words[2] : "?"), has expired"
            case "REVKEYSIG": reason = "the key that made it, \(words.count > 2 ? words[2] : "?"), was revoked"
            case "VALIDSIG" where isGood && words.count >= 12 && isStrong(words[9]):
                signer = signer ?? String(words[11])
            default: continue
            }
        }
        guard let signer else { throw .badSignature(file: file, reason: reason) }
        return signer
    }

    /// SHA-256, SHA-384, SHA-512, SHA-224 (RFC 4880, 9.4); MD5, SHA-1 and RIPEMD-160 are not collision-resistant.
    private static func isStrong(_ hash: Substring) -> Bool { ["8", "9", "10", "11"].contains(hash) }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Signing
import SystemPackage

/// The private signing key.
struct SigningKeyOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            The private signing key: a PEM file (PKCS#8 or SEC 1), P-256, or env:NAME for an environment variable with \
            one. [environment: OPENCODE_DOCKER_KEY]
            """, valueName: "file"), completion: .file())
    var key: String

    @Option(
        name: .customLong("passphrase-file"),
        help: .init(
            """
            A file whose first line is the key's passphrase; default: OPENCODE_DOCKER_SIGNING_PASSPHRASE. \
            [environment: OPENCODE_DOCKER_PASSPHRASE_FILE]
            """, valueName: "file"), completion: .file())
    var passphraseFile: String?

    /// Reads the key.
    ///
    /// - Throws: `ReleaseError.noKey`, `CommandError.signingKey`, `FileError`.
    func load(_ environment: CommandEnvironment) throws -> SigningKey {
        try SigningKeyPlace(key).key(passphraseFile: passphraseFile, environment)
    }
}

/// Passphrases from a file or a terminal, never from the command line.
enum Passphrase {
    /// The first line of a file, without the line break.
    ///
    /// - Throws: `FileError`.
    static func firstLine(of file: FilePath) throws -> [UInt8] {
        let bytes = try Files.read(file, limit: 4096)
        return Array(bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Signing
import SystemPackage

/// `keygen`: creates a key pair that signs releases.
struct KeygenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen",
        abstract: "Create a key pair that signs images.",
        discussion: """
            Writes NAME.key, the private key (PKCS#8, P-256, readable by you alone), and NAME.pub, the public key that \
            users pin. cosign, skopeo, podman and openssl read both. Existing files are not replaced. The output is \
            the key's ID: the SHA-256 of the public key.

            EXAMPLES
              opencode-docker keygen --name ~/keys/release --passphrase-file secret
              opencode-docker keygen --name release
              openssl pkey -in release.key -noout -text
            """)

    @Option(help: .init("The files' name without extension. [environment: OPENCODE_DOCKER_NAME]", valueName: "path"))
    var name = "opencode-docker"

    @Flag(help: "Ask for a passphrase on the terminal. [environment: OPENCODE_DOCKER_PASSPHRASE=1]")
    var passphrase = false

    @Option(
        name: .customLong("passphrase-file"),
        help: .init(
            "A file whose first line is the passphrase. [environment: OPENCODE_DOCKER_PASSPHRASE_FILE]",
            valueName: "file"), completion: .file())
    var passphraseFile: String?

    func run() throws {
        let (secret, open) = (FilePath("\(name).key"), FilePath("\(name).pub"))
        for file in [secret, open] where Files.exists(file) { throw CommandError.keyExists(file.string) }
        let key = SigningKey.generate()
        let pem = try key.pem(passphrase: try chosenPassphrase())
        try OutputFile(secret).write(pem.utf8, mode: [.ownerReadWrite])
        try OutputFile(open).write(key.publicKey.pem.utf8)
        StandardError.write(
            """
            \(secret) is the private key: keep it secret, and keep a backup.
            \(open) is the public key: publish it where the registry's owner cannot change it.

            """)
        print(key.publicKey.id.hex)
    }

    private func chosenPassphrase() throws -> [UInt8]? {
        if let passphraseFile { return try Passphrase.firstLine(of: FilePath(passphraseFile)) }
        guard passphrase else { return nil }
        guard let first = try TerminalSecret.ask("Passphrase: "), !first.isEmpty,
            let second = try TerminalSecret.ask("Repeat it: ")
        else { throw CommandError.noPassphrase }
        guard first == second else { throw CommandError.noPassphrase }
        return first
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Release
import Signing
import SystemPackage

/// The place of the private key, as given by `--key`.
enum SigningKeyPlace {
    case file(FilePath)
    /// An environment variable with the key.
    case variable(String)

    /// The environment variable with the passphrase, used without a file.
    static let passphraseVariable = "OPENCODE_DOCKER_SIGNING_PASSPHRASE"

    /// Parses `env:NAME`, or a file name.
    init(_ text: String) {
        let prefix = "env:"
        self = text.hasPrefix(prefix) ? .variable(String(text.dropFirst(prefix.count))) : .file(FilePath(text))
    }

    /// Reads the key.
    ///
    /// - Parameter passphraseFile: A file whose first line is the passphrase.
    /// - Throws: `ReleaseError.noKey` for a variable that is not set, `CommandError.signingKey`, `FileError`.
    func key(passphraseFile: String?, _ environment: CommandEnvironment) throws -> SigningKey {
        let passphrase =
            try passphraseFile.map { try Passphrase.firstLine(of: FilePath($0)) }
            ?? environment.variable(Self.passphraseVariable).map { Array($0.utf8) }
        do { return try SigningKey(pem: pem(environment), passphrase: passphrase) } catch let error as SigningError {
            throw CommandError.signingKey(text, error)
        }
    }

    /// The value of `--key`.
    private var text: String {
        switch self {
        case .file(let path): path.string
        case .variable(let name): "env:\(name)"
        }
    }

    private func pem(_ environment: CommandEnvironment) throws -> [UInt8] {
        switch self {
        case .file(let path): return try Files.read(path, limit: KeyText.limit)
        case .variable(let name):
            guard let text = environment.variable(name) else { throw ReleaseError.noKey }
            return Array(text.utf8)
        }
    }

    /// The environment for programs that do not sign, such as git with its hooks: without the key and the passphrase.
    static func withoutSecrets(_ environment: [String: String], key: String?) -> [String: String] {
        var rest = environment
        rest[passphraseVariable] = nil
        if case .variable(let name)? = key.map(SigningKeyPlace.init) { rest[name] = nil }
        return rest
    }
}

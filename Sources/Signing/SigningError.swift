// SPDX-License-Identifier: Apache-2.0

import Core
import Crypto

/// The errors of keys and signed documents. Messages name the fault, but quote no content of a document, because it
/// comes from a registry.
package enum SigningError: Error, Hashable {
    /// Not a P-256 private key in PEM.
    case notAPrivateKey
    /// Not a P-256 public key in PEM.
    case notAPublicKey
    /// The private key is encrypted, and no passphrase was given.
    case passphraseNeeded
    /// The passphrase is wrong.
    case wrongPassphrase
    /// Encrypted with another scheme than PBES2 with PBKDF2 and AES-CBC.
    case unknownEncryption
    /// The cryptographic library failed; its message.
    case signingFailed(reason: String)
    /// A date that is not RFC 3339 in UTC, in seconds.
    case malformedTime
    /// An invalid document; the reason is a clause.
    case malformed(SignedDocument, reason: String)
}

/// The kinds of signed documents.
package enum SignedDocument: String, Hashable, Sendable {
    /// in-toto's Statement.
    case statement = "in-toto statement"
    /// Sigstore's bundle.
    case bundle = "Sigstore bundle"
    /// The payload for podman and skopeo.
    case simpleSigning = "simple signing payload"
    /// The manifest that attaches a bundle to an image.
    case referrer = "referrer's manifest"
    /// The manifest under a `.sig` tag.
    case signatures = "signatures' manifest"
}

extension SigningError: UserFacingError {
    package var sentence: String {
        switch self {
        case .notAPrivateKey: "This is not a P-256 private key in PEM."
        case .notAPublicKey: "This is not a P-256 public key in PEM."
        case .passphraseNeeded: "The private key is encrypted, and no passphrase was given."
        case .wrongPassphrase: "The passphrase of the private key is wrong."
        case .unknownEncryption: "The private key has an unsupported encryption."
        case .signingFailed(let reason): "The cryptographic library failed: \(reason)."
        case .malformedTime: "A date does not have the form 2026-01-31T00:00:00Z."
        case .malformed(let document, let reason): "The \(document.rawValue) is invalid: \(reason)."
        }
    }

    package var hint: String? {
        switch self {
        case .notAPrivateKey: "Create one with `opencode-docker keygen`, or `openssl ecparam -name prime256v1 -genkey`."
        case .notAPublicKey: "Run `openssl ec -in KEY -pubout`; its output begins with '-----BEGIN PUBLIC KEY-----'."
        case .passphraseNeeded: "Set OPENCODE_DOCKER_SIGNING_PASSPHRASE, or use --passphrase-file."
        case .unknownEncryption: "Convert it with `openssl pkcs8 -topk8 -v2 aes-256-cbc`."
        default: nil
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .notAPrivateKey, .notAPublicKey, .passphraseNeeded, .wrongPassphrase, .unknownEncryption: .usage
        default: .broken
        }
    }
}

extension SigningError {
    /// The error for a failure with a private key.
    init(_ failure: CryptoFailure) {
        switch failure {
        case .malformed: self = .notAPrivateKey
        case .unknownEncryption: self = .unknownEncryption
        case .wrongPassphrase: self = .wrongPassphrase
        case .library(let reason): self = .signingFailed(reason: reason)
        }
    }
}

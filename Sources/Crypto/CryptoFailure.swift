// SPDX-License-Identifier: Apache-2.0

/// Errors of using a key. `Signing` has the sentences for them.
package enum CryptoFailure: Error, Hashable {
    /// Not valid DER or PEM, or not a P-256 key.
    case malformed
    /// The private key is encrypted by a scheme other than PBES2 with PBKDF2 and AES-CBC, or its parameters are out of
    /// bounds.
    case unknownEncryption
    /// The passphrase does not decrypt the private key.
    case wrongPassphrase
    /// libcrypto failed; `reason` is its sanitized, short error message.
    case library(reason: String)
}

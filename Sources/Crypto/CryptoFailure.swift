// SPDX-License-Identifier: Apache-2.0

/// Why a key cannot be used. `Signing` has the sentences for it.
package enum CryptoFailure: Error, Hashable {
    /// Not the DER or PEM of what it should be, or a key of another kind than P-256.
    case malformed
    /// A private key that is encrypted by another scheme than PBES2 with PBKDF2 and AES-CBC, or with numbers out of bounds.
    case unknownEncryption
    /// The passphrase does not open the private key.
    case wrongPassphrase
    /// libcrypto refused; its own words, printable and short.
    case library(reason: String)
}

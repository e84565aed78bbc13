// SPDX-License-Identifier: Apache-2.0

/// The credential for a registry.
package enum Credential: Hashable, Sendable {
    /// A user name and a password, or a token in the place of the password.
    case password(user: String, secret: String)
    /// A token that is exchanged for others (OAuth 2, "refresh token").
    case identityToken(String)
    /// A token that is sent as it is.
    case registryToken(String)

    /// The value of `Authorization` for a user name and a password (RFC 7617).
    static func basic(user: String, secret: String) -> String {
        "Basic \(Base64.encode(Array("\(user):\(secret)".utf8)))"
    }
}

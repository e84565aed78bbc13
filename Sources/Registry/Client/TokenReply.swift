// SPDX-License-Identifier: Apache-2.0

import OCI

/// The response of a token service (distribution's "Token Authentication Specification", "Token Response Fields").
package struct TokenReply: Hashable, Sendable {
    /// The most bytes of a response that are parsed.
    static let sizeLimit = 1 << 16

    /// The token of a `Bearer` header: visible ASCII only, because it becomes part of a header field (RFC 6750 section
    /// 2.1).
    package let token: String

    /// Parses a response; `token` is preferred to OAuth 2's `access_token`. `nil` when it has no valid token.
    package init?(parsing bytes: [UInt8]) {
        let document = try? JSONValue(parsing: bytes, limit: Self.sizeLimit)
        let named = ["token", "access_token"].compactMap { document?[$0]?.string }
        guard let token = named.first(where: { !$0.isEmpty }), token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        self.token = token
    }
}

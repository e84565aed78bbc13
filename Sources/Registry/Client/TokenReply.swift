// SPDX-License-Identifier: Apache-2.0

import OCI

/// What a token service answers (distribution's "Token Authentication Specification", "Token Response Fields").
package struct TokenReply: Hashable, Sendable {
    /// The most bytes of an answer that are looked at.
    static let sizeLimit = 1 << 16

    /// What goes behind `Bearer`: visible ASCII alone, because it goes into a header field (RFC 6750 section 2.1).
    package let token: String

    /// Reads an answer, of which `token` is preferred to OAuth 2's `access_token`; `nil` when it has no such token.
    package init?(parsing bytes: [UInt8]) {
        let document = try? JSONValue(parsing: bytes, limit: Self.sizeLimit)
        let token = document?["token"]?.string ?? document?["access_token"]?.string ?? ""
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        self.token = token
    }
}

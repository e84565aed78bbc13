// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// A request method (RFC 9110 section 9).
package enum HTTPMethod: String, Sendable, Hashable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
}

/// The body of a request.
package enum HTTPBody: Sendable, Hashable {
    /// No body and no length.
    case none
    /// Bytes in memory, possibly none.
    case bytes([UInt8])
    /// A part of a file, which is read while it is sent.
    case file(FilePath, offset: UInt64, count: UInt64)

    /// The number of bytes.
    package var count: UInt64 {
        switch self {
        case .none: 0
        case .bytes(let bytes): UInt64(bytes.count)
        case .file(_, _, let count): count
        }
    }
}

/// A single request: redirects are not followed, nothing is retried, and `~/.netrc` is not read.
package struct HTTPRequest: Sendable, Hashable {
    /// The method.
    package var method: HTTPMethod
    /// An `http` or `https` address.
    package var url: String
    /// Header fields, by name.
    package var headers: [String: String]
    /// The body.
    package var body: HTTPBody

    /// Creates a request.
    package init(_ method: HTTPMethod, _ url: String, headers: [String: String] = [:], body: HTTPBody = .none) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// Authenticates requests. Called before each request and with each response that requires authentication (RFC 9110
/// section 11.6), from any task.
package protocol RequestAuthorization: Sendable {
    /// The value of `Authorization` for a request to `url`; `nil` for none.
    func value(for url: String) async throws -> String?
    /// Handles a response 401 with its `WWW-Authenticate` to a request that was sent with `refused`.
    ///
    /// - Returns: Whether a retry may help.
    func renew(_ refused: String?, challenge: String?) async throws -> Bool
}

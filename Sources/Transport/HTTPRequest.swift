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

/// What is sent with a request.
package enum HTTPBody: Sendable, Hashable {
    /// Nothing, not even a length.
    case none
    /// Bytes in memory, possibly none.
    case bytes([UInt8])
    /// A part of a file, read while it is sent.
    case file(FilePath, offset: UInt64, count: UInt64)

    /// How many bytes there are.
    package var count: UInt64 {
        switch self {
        case .none: 0
        case .bytes(let bytes): UInt64(bytes.count)
        case .file(_, _, let count): count
        }
    }
}

/// One request as it goes out: no redirect is followed, nothing is tried again, and `~/.netrc` is not asked.
package struct HTTPRequest: Sendable, Hashable {
    /// What is to be done.
    package var method: HTTPMethod
    /// An `http` or `https` address.
    package var url: String
    /// Header fields, by name.
    package var headers: [String: String]
    /// What is sent along.
    package var body: HTTPBody

    /// Puts a request together.
    package init(_ method: HTTPMethod, _ url: String, headers: [String: String] = [:], body: HTTPBody = .none) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// Who says for us who we are. Asked before each request and told of each answer that wants to know (RFC 9110 section
/// 11.6), from any task.
package protocol RequestAuthorization: Sendable {
    /// The value of `Authorization` for a request to `url`; `nil` where none is to be sent.
    func value(for url: String) async throws -> String?
    /// Takes the answer 401 and its `WWW-Authenticate` to a request that was sent with `refused`.
    ///
    /// - Returns: Whether asking again may help.
    func renew(_ refused: String?, challenge: String?) async throws -> Bool
}

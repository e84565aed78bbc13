// SPDX-License-Identifier: Apache-2.0

/// The parts of a URL (RFC 3986 section 3) that are needed beside libcurl's own parser.
struct Address: Hashable {
    /// The scheme in lower case, empty when there is none.
    let scheme: String
    /// Host and port as written, without user and password.
    let host: String
    private let tail: Substring

    init(_ url: String) {
        let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        scheme = parts.count == 2 ? parts[0].lowercased() : ""
        let rest = parts.last ?? ""
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        host = String(rest[..<end].split(separator: "@").last ?? "").lowercased()
        tail = rest[end...]
    }

    /// The permitted schemes of the first request; redirects are restricted further (`redirectSchemes`).
    static let schemes = "http,https,file"

    /// The permitted schemes of a redirect: never to a local file, and never from an encrypted to a plain connection.
    var redirectSchemes: String { scheme == "https" ? "https" : "http,https" }

    /// Scheme, host and port: the unit of health.
    var origin: String { "\(scheme)://\(host)" }

    /// The URL for messages, without the user part and the query, which may contain secrets.
    var shown: String {
        let path = tail.prefix { $0 != "?" && $0 != "#" }
        return scheme.isEmpty ? "\(host)\(path)" : "\(origin)\(path)"
    }
}

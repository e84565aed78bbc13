// SPDX-License-Identifier: Apache-2.0

/// The parts of a URL (RFC 3986 section 3) that matter beside libcurl's own reading of it.
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

    /// What may be asked for first; redirects are narrower (`redirectSchemes`).
    static let schemes = "http,https,file"

    /// Where a redirect may lead: never to a local file, and never from an encrypted to a plain connection.
    var redirectSchemes: String { scheme == "https" ? "https" : "http,https" }

    /// Scheme, host and port: what is down when a host is down.
    var origin: String { "\(scheme)://\(host)" }

    /// The URL for a person to read: secrets travel in the user part and in the query, so neither is shown.
    var shown: String {
        let path = tail.prefix { $0 != "?" && $0 != "#" }
        return scheme.isEmpty ? "\(host)\(path)" : "\(origin)\(path)"
    }
}

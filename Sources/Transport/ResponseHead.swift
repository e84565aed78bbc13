// SPDX-License-Identifier: Apache-2.0

/// Status and headers of the last response of a transfer, after all redirects.
struct ResponseHead: Sendable {
    /// The HTTP status; 0 for a `file` address.
    var status = 0
    /// Values by name in lower case; repeated ones are joined by ", " (RFC 9110 section 5.3).
    private(set) var headers: [String: String] = [:]
    private var bytes = 0

    /// The most bytes of headers that are kept; the rest is ignored.
    private static let limit = 1 << 16

    /// Parses one header line; a status line begins a new response.
    mutating func take(_ line: Substring) {
        let text = line.trimmed
        if text.hasPrefix("HTTP/") { self = ResponseHead() }
        bytes += text.utf8.count
        guard bytes <= Self.limit, let colon = text.firstIndex(of: ":") else { return }
        let name = text[..<colon].lowercased()
        let value = String(text[text.index(after: colon)...].trimmed)
        headers[name] = headers[name].map { "\($0), \(value)" } ?? value
    }

    /// The announced size of the body.
    var contentLength: UInt64? { headers["content-length"].flatMap { UInt64($0) } }

    /// The first byte and the whole size from `Content-Range: bytes first-last/size` (RFC 9110 section 14.4).
    var contentRange: (first: UInt64, size: UInt64?)? {
        guard let value = headers["content-range"],
            let match = value.wholeMatch(of: /bytes\s+(\d{1,19})-\d{1,19}\/(\d{1,19}|\*)/), let first = UInt64(match.1)
        else { return nil }
        return (first, UInt64(match.2))
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
        return self[start..<end]
    }
}

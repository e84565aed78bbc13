// SPDX-License-Identifier: Apache-2.0

import Egress
import Testing

@Suite("Requests to the proxy")
struct ProxyRequestTests {
    private static func head(_ lines: String) throws(HTTPRequestHead.Fault) -> HTTPRequestHead {
        try HTTPRequestHead(Array((lines.replacing("|", with: "\r\n") + "\r\n\r\n").utf8))
    }

    @Test(
        "What is sent to the destination",
        arguments: [
            ("GET http://a.com/x?y HTTP/1.1", "a.com:80", "GET /x?y HTTP/1.1|Host: a.com|Connection: close"),
            ("GET http://A.com. HTTP/1.0", "a.com:80", "GET / HTTP/1.0|Host: a.com|Connection: close"),
            ("GET http://a.com?q HTTP/1.1", "a.com:80", "GET /?q HTTP/1.1|Host: a.com|Connection: close"),
            (
                "POST HTTP://a.com:8080/ HTTP/1.1|Host: evil.com|X: y|Proxy-Authorization: z|Content-Length: 1",
                "a.com:8080", "POST / HTTP/1.1|Host: a.com:8080|X: y|Content-Length: 1|Connection: close"
            ),
            (
                "GET http://a.com/ HTTP/1.1|Connection: keep-alive, X-Secret, Content-Length|X-Secret: 1|Content-Length: 0",
                "a.com:80", "GET / HTTP/1.1|Host: a.com|Content-Length: 0|Connection: close"
            ),
            (
                "GET http://a.com/ HTTP/1.1|Upgrade: websocket|Connection: Upgrade|Host: a.com|Host: b.com", "a.com:80",
                "GET / HTTP/1.1|Host: a.com|Connection: close"
            ),
        ])
    func forwarded(request: String, destination: String, sent: String) throws {
        let head = try Self.head(request)
        #expect(head.destination.text == destination)
        let bytes = try #require(head.forwarded)
        #expect(String(decoding: bytes, as: UTF8.self) == sent.replacing("|", with: "\r\n") + "\r\n\r\n")
    }

    @Test("A tunnel", arguments: ["a.com:443", "1.2.3.4:22", "[2606:4700::1]:443"])
    func tunnel(target: String) throws {
        let head = try Self.head("CONNECT \(target) HTTP/1.1|Host: evil.com:443")
        #expect(head.destination.text == target && head.forwarded == nil)
    }

    @Test(
        "Refused heads",
        arguments: [
            ("CONNECT a.com HTTP/1.1", HTTPRequestHead.Fault.malformed), ("CONNECT a.com:443/x HTTP/1.1", .malformed),
            ("CONNECT http://a.com:443 HTTP/1.1", .malformed), ("connect a.com:443 HTTP/1.1", .unsupported),
            ("CONNECT a.com:443  HTTP/1.1", .malformed), ("CONNECT a.com:443", .malformed), ("", .malformed),
            ("CONNECT a.com:443 HTTP/2.0", .malformed), ("PRI * HTTP/2.0", .malformed),
            ("GET / HTTP/1.1", .unsupported),
            ("GET https://a.com/ HTTP/1.1", .unsupported), ("GET ftp://a.com/ HTTP/1.1", .unsupported),
            ("OPTIONS * HTTP/1.1", .unsupported), ("GET http:///x HTTP/1.1", .malformed),
            ("GET http://a.com@b.com/ HTTP/1.1", .malformed), ("GET http://a.com#@b.com/ HTTP/1.1", .malformed),
            ("GET http://a.com\\@b.com/ HTTP/1.1", .malformed), ("GET http://a.com:0/ HTTP/1.1", .malformed),
            ("GET http://127.1/ HTTP/1.1", .malformed), ("G(T http://a.com/ HTTP/1.1", .malformed),
            ("GET http://a.com/ HTTP/1.1| folded", .malformed), ("GET http://a.com/ HTTP/1.1|a b: c", .malformed),
            ("GET http://a.com/ HTTP/1.1|Host : b", .malformed), ("GET http://a.com/ HTTP/1.1|no colon", .malformed),
            ("GET http://a.com/ HTTP/1.1|a: b\nc: d", .malformed),
            ("GET http://a.com/ HTTP/1.1|a: b\rc: d", .malformed),
            ("GET http://a.com/ HTTP/1.1|a: \u{0}", .malformed),
            ("POST http://a.com/ HTTP/1.1|Content-Length: 1|Transfer-Encoding: chunked", .malformed),
            ("POST http://a.com/ HTTP/1.1|Content-Length: 1|Content-Length: 2", .malformed),
            ("GET http://a.com/ HTTP/1.1|" + Array(repeating: "a: b", count: 200).joined(separator: "|"), .tooLarge),
            ("GET http://a.com/\(String(repeating: "x", count: 1 << 14)) HTTP/1.1", .tooLarge),
        ])
    func refused(request: String, fault: HTTPRequestHead.Fault) {
        #expect(throws: fault) { try Self.head(request) }
    }

    @Test(
        "The end of a head",
        arguments: [
            ("GET / HTTP/1.1\r\n\r\nrest", 18), ("a\r\n\r\n\r\n", 5), ("a\r\r\n\r\n", 6), ("a\n\n", nil),
            ("\r\n\r", nil), ("", nil),
        ] as [(String, Int?)])
    func end(text: String, end: Int?) { #expect(HTTPRequestHead.end(in: Array(text.utf8)) == end) }

    @Test(
        "SOCKS 5",
        arguments: [
            ([5, 1, 0, 1, 1, 2, 3, 4, 0, 80], .complete("1.2.3.4:80", length: 10)),
            ([5, 1, 0, 3, 3, 97, 46, 98, 1, 187, 9], .complete("a.b:443", length: 10)),
            ([5, 1, 0, 3, 7, 49, 46, 50, 46, 51, 46, 52, 0, 80], .complete("1.2.3.4:80", length: 14)),
            ([5, 1, 0, 4] + Array(repeating: 0, count: 15) + [1, 0, 80], .complete("[::1]:80", length: 22)),
            ([5, 1, 0, 3], .incomplete), ([5, 1, 0, 3, 3, 97, 46, 98, 1], .incomplete), ([], .incomplete),
            ([4, 1, 0, 80, 1, 2, 3, 4, 0], .refused(.failure)), ([5, 1, 1, 1, 1, 2, 3, 4, 0, 80], .refused(.failure)),
            ([5, 2, 0, 1, 1, 2, 3, 4, 0, 80], .refused(.unsupportedCommand)),
            ([5, 3, 0, 1, 1, 2, 3, 4, 0, 80], .refused(.unsupportedCommand)),
            ([5, 1, 0, 2, 1, 2, 3, 4, 0, 80], .refused(.unsupportedAddress)),
            ([5, 1, 0, 3, 0, 0, 80], .refused(.failure)), ([5, 1, 0, 3, 1, 0, 0, 80], .refused(.failure)),
            ([5, 1, 0, 3, 2, 97, 255, 0, 80], .refused(.failure)),
            ([5, 1, 0, 1, 1, 2, 3, 4, 0, 0], .refused(.failure)),
        ] as [([UInt8], SOCKSMessage.Parsed<String>)])
    func socks(bytes: [UInt8], parsed: SOCKSMessage.Parsed<String>) {
        let result: SOCKSMessage.Parsed<String> =
            switch SOCKSMessage.request(bytes) {
            case .incomplete: .incomplete
            case .refused(let reply): .refused(reply)
            case .complete(let destination, let length): .complete(destination.text, length: length)
            }
        #expect(result == parsed)
    }
}

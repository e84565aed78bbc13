// SPDX-License-Identifier: Apache-2.0

import Registry
import Testing

@Suite("Header fields")
struct HeaderTests {
    private static let challenges: [(String, [(String, [String: String])])] = [
        ("Basic realm=\"x\"", [("basic", ["realm": "x"])]),
        (
            #"Bearer realm="https://a/token",service="registry.example",scope="repository:a/b:pull,push""#,
            [
                (
                    "bearer",
                    ["realm": "https://a/token", "service": "registry.example", "scope": "repository:a/b:pull,push"]
                )
            ]
        ),
        (
            #"bearer realm = "a" , service=b, Basic realm=c"#,
            [("bearer", ["realm": "a", "service": "b"]), ("basic", ["realm": "c"])]
        ),
        (#"Bearer realm="say \"hi\" \\""#, [("bearer", ["realm": #"say "hi" \"#])]),
        ("Negotiate, Basic realm=\"x\"", [("negotiate", [:]), ("basic", ["realm": "x"])]),
        (
            #"Negotiate oRQ/+Q==, Bearer realm="a",service=b"#,
            [("negotiate", [:]), ("bearer", ["realm": "a", "service": "b"])]
        ),
        ("NTLM TlRM, Basic realm=x", [("ntlm", [:]), ("basic", ["realm": "x"])]),
        ("Bearer realm=\"a\",realm=\"b\"", [("bearer", ["realm": "a"])]),
        ("Bearer realm=\"never ends", [("bearer", [:]), ("realm", [:])]),
        ("", []), (",,, ", []), ("\"", []), ("=", []),
    ]

    @Test(
        "Warning: code 299, agent '-', sanitized",
        arguments: [
            (#"299 - "tags end soon""#, ["tags end soon"]), (#"299 - "a", 299 - "b \"c\"""#, ["a", #"b "c""#]),
            ("299 - \"x \u{1B}[2J y\"", ["x [2J y"]), (#"199 - "a""#, []), (#"299 host "a""#, []), ("299 - \"", []),
            ("", []),
            (#"299 - """#, []),
        ])
    func warning(field: String, expected: [String]) { #expect(RegistryWarnings.texts(field) == expected) }

    @Test("WWW-Authenticate", arguments: challenges)
    func challenge(field: String, expected: [(String, [String: String])]) {
        let parsed = AuthenticationChallenge.parse(field)
        #expect(parsed.map(\.scheme) == expected.map(\.0))
        #expect(parsed.map(\.parameters) == expected.map(\.1))
    }

    private static let locations: [(String, String?)] = [
        ("/v2/a/blobs/uploads/1?_state=x%2Fy&n=1", "https://r.example:5000/v2/a/blobs/uploads/1?_state=x%2Fy&n=1"),
        ("https://other.example/u?x=1", "https://other.example/u?x=1"),
        ("HTTPS://Other.example/u", "HTTPS://Other.example/u"),
        ("//other.example/u", "https://other.example/u"),
        ("1?state=2", "https://r.example:5000/v2/a/blobs/uploads/1?state=2"),
        ("?state=2", "https://r.example:5000/v2/a/blobs/uploads/?state=2"),
        ("/u#fragment", "https://r.example:5000/u"),
        ("", nil), ("file:///etc/passwd", nil), ("ftp://a/b", nil), ("https://", nil), ("https://user:pw@a/", nil),
        ("/a b", nil), ("/a\r\nX: y", nil), ("/\u{e9}", nil), (String(repeating: "/a", count: 10000), nil),
    ]

    @Test("Location", arguments: locations)
    func location(text: String, expected: String?) {
        #expect(RegistryURL.resolve(text, against: "https://r.example:5000/v2/a/blobs/uploads/?mount=1") == expected)
    }

    @Test(
        "Origins",
        arguments: [
            ("https://A.example/x", "https://a.example"), ("https://a:443/", "https://a"),
            ("http://a:80?x", "http://a"),
            ("https://a:80", "https://a:80"), ("file:///x", nil), ("a.example", nil),
        ])
    func origin(url: String, expected: String?) { #expect(RegistryURL.origin(url) == expected) }

    @Test(
        "A digest is added to any existing query",
        arguments: [
            ("https://a/u", "https://a/u?digest=sha256%3Aab"),
            ("https://a/u?s=1%2F2", "https://a/u?s=1%2F2&digest=sha256%3Aab"),
        ])
    func adding(url: String, expected: String) {
        #expect(RegistryURL.adding("digest", "sha256:ab", to: url) == expected)
    }

    @Test(
        "Hosts that must not get a password",
        arguments: [
            ("10.0.0.1", true), ("127.1.2.3", true), ("169.254.169.254", true), ("172.16.0.1", true),
            ("172.32.0.1", false),
            ("192.168.1.1", true), ("8.8.8.8", false), ("[::1]", true), ("[fd00::1]", true), ("[fe80::1]", true),
            ("[2001:db8::1]", false), ("localhost", true), ("auth.example", false), ("2130706433", true),
            ("0177.0.0.1", true), ("0x7f.1", true), ("10.example", false),
        ])
    func isPrivate(host: String, expected: Bool) { #expect(RegistryURL.isPrivateAddress(host: host) == expected) }

    @Test(
        "Range of an upload",
        arguments: [
            ("0-99", 100), ("bytes=0-99", 100), ("0-0", 0), ("1-99", nil), ("0-", nil), ("99", nil), ("0--1", nil),
            ("0-99999999999999999999", nil), ("", nil), (nil, nil),
        ] as [(String?, UInt64?)])
    func range(field: String?, expected: UInt64?) { #expect(UploadRange.received(field) == expected) }

    @Test(
        "Link to the next page",
        arguments: [
            (#"</v2/a?page=2>; rel="next""#, "/v2/a?page=2"), ("</a>; rel=next", "/a"),
            (#"</a>; rel="prev", </b>; rel="next""#, "/b"), ("</a>", nil), ("next", nil),
        ])
    func link(field: String, expected: String?) { #expect(RegistryRepository.nextPage(field) == expected) }
}

// SPDX-License-Identifier: Apache-2.0

import Egress
import Testing

@Suite("Destinations are read in one way alone")
struct DestinationTests {
    @Test(
        "The text of a destination",
        arguments: [
            ("github.com:443", "github.com:443"), ("GitHub.COM.:443", "github.com:443"), ("a-b_c.d:1", "a-b_c.d:1"),
            ("1.2.3.4:80", "1.2.3.4:80"), ("[::1]:80", "[::1]:80"), ("[2001:DB8:0::1]:65535", "[2001:db8::1]:65535"),
            ("xn--bcher-kva.example:443", "xn--bcher-kva.example:443"), ("gitserver:22", "gitserver:22"),
        ])
    func valid(text: String, canonical: String) { #expect(Destination(text)?.text == canonical) }

    @Test(
        "What other programs may read as a host is none here",
        arguments: [
            "", ":443", "a", "a:", "a:0", "a:65536", "a:+1", "a:1 ", " a:1", "a:1:2", "a:٣", "::1:80", "[::1]",
            "[::1]x:80",
            "[1.2.3.4]:80", "[a]:80", "[::1%lo]:80", "1.2.3:80", "1.2.3.4.:80", "127.1:80", "2130706433:80",
            "0x7f000001:80",
            "0x7f.1:80", "017700000001:80", "1.2.3.0x4:80", "256.1.1.1:80", "a..b:80", ".a:80", "a..:80", "-a:80",
            "a-:80",
            "user@host:80", "a/b:80", "a%2e:80", "bücher.example:80", "ａ.com:80", "a\u{0}.com:80", "a\r\n.com:80",
            "a b:80",
            String(repeating: "a", count: 64) + ".com:80", String(repeating: "a.", count: 127) + "com:80",
        ])
    func invalid(text: String) { #expect(Destination(text) == nil) }

    @Test(
        "Reserved addresses",
        arguments: [
            ("127.0.0.1", true), ("127.255.255.254", true), ("0.0.0.0", true), ("10.0.0.1", true), ("172.16.0.1", true),
            ("172.31.255.255", true), ("172.32.0.1", false), ("192.168.1.1", true), ("100.64.0.1", true),
            ("100.128.0.1", false), ("169.254.169.254", true), ("168.63.129.16", true), ("100.100.100.200", true),
            ("224.0.0.1", true), ("239.1.1.1", true), ("255.255.255.255", true), ("240.0.0.1", true),
            ("192.0.0.192", true),
            ("198.18.0.1", true), ("8.8.8.8", false), ("1.1.1.1", false), ("::", true), ("::1", true),
            ("fe80::1", true),
            ("fc00::1", true), ("fd00:ec2::254", true), ("ff02::1", true), ("::ffff:127.0.0.1", true),
            ("::ffff:8.8.8.8", false), ("::127.0.0.1", true), ("64:ff9b::a00:1", true), ("64:ff9b::808:808", false),
            ("64:ff9b:1::808:808", true), ("2002:7f00:1::1", true), ("2002:808:808::1", false), ("2001::1", true),
            ("2001:4860:4860::8888", false), ("2606:4700::1111", false), ("3fff::1", false), ("4000::1", true),
        ])
    func reserved(text: String, isReserved: Bool) throws {
        #expect((try #require(IPAddress(text)).reservation != nil) == isReserved)
    }
}

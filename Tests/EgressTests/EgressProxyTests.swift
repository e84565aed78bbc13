// SPDX-License-Identifier: Apache-2.0

import Core
import Egress
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite("The proxy connects what the policy allows", .serialized)
final class EgressProxyTests {
    private let directory: FilePath
    private let server: EchoServer
    private let resolver: FixedResolver
    private let proxy: EgressProxy

    init() throws {
        directory = try makeTemporaryDirectory()
        server = try #require(EchoServer())
        resolver = FixedResolver([
            "named.example.org": [["127.0.0.1"]], "inner.example.com": [["127.0.0.1", "10.0.0.1"]],
            "rebinding.example.com": [["192.0.2.1"], ["127.0.0.1"]], "mapped.example.com": [["::ffff:127.0.0.1"]],
            "none.example.com": [[]],
        ])
        let port = server.port
        let rules = try NetworkRule.rules([
            "*.example.com:\(port)", "named.example.org:\(port)", "host.internal:\(port)", "10.255.255.1:\(port)",
        ])
        proxy = try EgressProxy(
            path: directory.appending("s"), policy: .allow(rules),
            connector: Connector(resolver: resolver, milliseconds: 500))
    }

    deinit {
        proxy.stop()
        server.stop()
        try? Files.removeTree(directory)
    }

    private func exchange(_ request: [UInt8], ending: Bool = true) throws -> String {
        let client = try ProxyClient(proxy.path)
        defer { client.close() }
        client.send(request)
        if ending { client.end() }
        return client.text()
    }

    private func exchange(_ request: String) throws -> String {
        try exchange(Array(request.replacing("PORT", with: "\(server.port)").utf8))
    }

    @Test("A tunnel to a named host, with bytes behind the head", arguments: ["named.example.org", "host.internal"])
    func tunnel(host: String) throws {
        let answer = try exchange("CONNECT \(host):PORT HTTP/1.1\r\n\r\nhello")
        #expect(answer == "HTTP/1.1 200 Connection established\r\n\r\n+hello")
        #expect(proxy.refused.lines.isEmpty)
    }

    @Test("A plain request")
    func plain() throws {
        let answer = try exchange("GET http://named.example.org:PORT/x HTTP/1.1\r\nHost: evil.com\r\n\r\n")
        #expect(
            answer == "+GET /x HTTP/1.1\r\nHost: named.example.org:\(server.port)\r\nConnection: close\r\n\r\n")
    }

    @Test("SOCKS 5, its parts one by one")
    func socks() throws {
        let client = try ProxyClient(proxy.path)
        defer { client.close() }
        client.send([5, 2])
        client.send([1, 0])
        #expect(client.read(2) == [5, 0])
        let name = Array("named.example.org".utf8)
        client.send([5, 1, 0, 3, UInt8(name.count)] + name)
        client.send([UInt8(server.port >> 8), UInt8(server.port & 255)])
        #expect(client.read(10) == SOCKSMessage.Reply.succeeded.message)
        client.send("x".utf8)
        #expect(client.read(2) == Array("+x".utf8))
    }

    @Test("SOCKS 5 refuses what no rule allows")
    func socksRefused() throws {
        let client = try ProxyClient(proxy.path)
        defer { client.close() }
        client.send([5, 1, 0] + [5, 1, 0, 1, 127, 0, 0, 1, UInt8(server.port >> 8), UInt8(server.port & 255)])
        #expect(client.read() == [5, 0] + SOCKSMessage.Reply.notAllowed.message)
        #expect(server.count == 0)
    }

    @Test(
        "No connection is made to a private address behind a name that no rule names",
        arguments: ["inner.example.com", "mapped.example.com"])
    func reserved(host: String) throws {
        let answer = try exchange("CONNECT \(host):PORT HTTP/1.1\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 403 ") && answer.contains("its name leads to"))
        #expect(server.count == 0 && resolver.count == 1)
        // It is counted, and not proposed.
        #expect(proxy.refused.lines == ["refused: 1 × \(host):\(server.port)"])
    }

    @Test("A name is resolved once: a second answer, with a private address, is not asked for")
    func rebinding() throws {
        #expect(try exchange("CONNECT rebinding.example.com:PORT HTTP/1.1\r\n\r\n").hasPrefix("HTTP/1.1 50"))
        #expect(server.count == 0 && resolver.count == 1)
    }

    @Test(
        "Refused and failing destinations",
        arguments: [
            ("CONNECT evil.com:443", "403"), ("CONNECT 127.0.0.1:PORT", "403"), ("CONNECT localhost:PORT", "403"),
            ("CONNECT named.example.org:22", "403"), ("CONNECT [::1]:PORT", "403"),
            ("GET http://127.0.0.1:PORT/", "403"),
            ("CONNECT none.example.com:PORT", "502"), ("GET http://[::ffff:127.0.0.1]:PORT/", "403"),
            ("GET /", "501"), ("GET https://named.example.org/", "501"), ("CONNECT named.example.org", "400"),
            ("CONNECT 2130706433:PORT", "400"), ("CONNECT 127.1:PORT", "400"), ("\u{16}\u{3}\u{1}", "400"),
        ])
    func refused(line: String, status: String) throws {
        let answer = try exchange(line + " HTTP/1.1\r\nHost: named.example.org\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
        #expect(server.count == 0)
        #expect(proxy.refused.lines.isEmpty == (status == "502"))
    }

    @Test("A head has a limit, and one that never ends is answered when its client has no more to say")
    func limits() throws {
        #expect(try exchange(Array(repeating: 65, count: 1 << 20)).hasPrefix("HTTP/1.1 431 "))
        #expect(try exchange(Array("GET http://a.com/ HTTP/1.1\r\n".utf8)).hasPrefix("HTTP/1.1 400 "))
        #expect(
            try exchange([5, 255, 0]).utf8.elementsEqual(String(decoding: [5, 255] as [UInt8], as: UTF8.self).utf8))
        #expect(try exchange([]).isEmpty)
        #expect(proxy.refused.lines == ["refused: 3 × invalid requests"])
    }

    @Test("200 connections at once, and more than the limit are refused until others end")
    func many() throws {
        let clients = try (0..<EgressProxy.maximumConnections).map { _ in try ProxyClient(proxy.path) }
        for (number, client) in clients.enumerated() {
            client.send(Array("CONNECT named.example.org:\(server.port) HTTP/1.1\r\n\r\n\(number)".utf8))
        }
        for (number, client) in clients.enumerated() {
            let expected = "HTTP/1.1 200 Connection established\r\n\r\n+\(number)"
            #expect(client.read(expected.utf8.count) == Array(expected.utf8))
        }
        #expect(try exchange([]).hasPrefix("HTTP/1.1 503 "))
        for client in clients { client.close() }
        var answer = ""
        for _ in 0..<100 where !answer.hasPrefix("HTTP/1.1 200") {
            usleep(20_000)
            answer = try exchange("CONNECT named.example.org:PORT HTTP/1.1\r\n\r\n")
        }
        #expect(answer.hasPrefix("HTTP/1.1 200"))
    }

    @Test("Many bytes both ways arrive unchanged, and the end of one direction does not end the other")
    func bytes() async throws {
        let client = try ProxyClient(proxy.path)
        defer { client.close() }
        client.send(Array("CONNECT named.example.org:\(server.port) HTTP/1.1\r\n\r\n".utf8))
        #expect(client.read(40) == Array("HTTP/1.1 200 Connection established\r\n\r\n+".utf8))
        let sent = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        BackgroundThread.start {
            client.send(sent)
            client.end()
        }
        #expect(client.read() == sent)
    }

    @Test("The report is bounded, sorted, and free of what directs a terminal")
    func report() throws {
        var refused = RefusedDestinations()
        #expect(refused.lines.isEmpty)
        for number in 0..<1000 {
            refused.add(try #require(Destination("h\(number).\(String(repeating: "a.", count: 100))com:443")), .noRule)
        }
        refused.addFault()
        #expect(refused.lines.count == 1 && refused.lines[0].utf8.count < 600)
        #expect(refused.lines[0].contains("995 × others, 1 × invalid requests"))
        // A flood of names does not hide one that is asked for again and again.
        for number in 0..<300 {
            for text in ["f\(number).com:443", "often.example:443"] {
                refused.add(try #require(Destination(text)), .noRule)
            }
        }
        #expect(refused.lines[0].hasPrefix("refused: 300 × often.example:443, "))
        for name in ["metadata.google.internal", "printer.corp.lan", "a.local"] {
            #expect(!RefusedDestinations.isProposed(try #require(Destination("\(name):80")), .noRule), "\(name)")
        }
        var few = RefusedDestinations()
        for text in [
            "api.segment.io:443", "a.com:80", "api.segment.io:443", "1.2.3.4:443", "host.internal:22", "git:22",
        ] {
            few.add(try #require(Destination(text)), .noRule)
        }
        #expect(
            few.lines == [
                "refused: 2 × api.segment.io:443, 1 × 1.2.3.4:443, 1 × a.com:80, 1 × git:22, 1 × host.internal:22",
                "To allow the next time what you trust: --allow api.segment.io:443,a.com:80",
            ])
    }
}

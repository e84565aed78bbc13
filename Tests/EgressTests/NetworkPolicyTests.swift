// SPDX-License-Identifier: Apache-2.0

import Egress
import Testing

@Suite("A list allows what its rules name, and nothing else")
struct NetworkPolicyTests {
    private static let policy =
        (try? NetworkRule.rules([
            "github,*.example.com", "api.example.org:8443", "1.2.3.4:53,[2606:4700::1]:443",
            "gitserver:22,host.internal:11434",
        ])).map { NetworkPolicy.allow($0) }

    @Test(
        "Allowed",
        arguments: [
            "github.com:443", "github.com:22", "GITHUB.com.:443", "a.githubusercontent.com:443", "a.example.com:80",
            "a.b.example.com:443", "api.example.org:8443", "1.2.3.4:53", "[2606:4700:0::1]:443", "gitserver:22",
            "host.internal:11434",
        ])
    func allowed(text: String) throws {
        let decision = try #require(Self.policy).decision(for: try #require(Destination(text)))
        guard case .allowed = decision else {
            Issue.record("\(decision)")
            return
        }
    }

    @Test(
        "Refused",
        arguments: [
            ("github.com:80", NetworkRefusal.otherPort([22, 443])), ("example.com:443", .noRule),
            ("notexample.com:443", .noRule), ("a.example.com.evil.net:443", .noRule),
            ("a.example.com:22", .otherPort([80, 443])),
            ("api.example.org:443", .otherPort([8443])), ("a.api.example.org:8443", .noRule),
            ("1.2.3.4:443", .otherPort([53])),
            ("1.2.3.5:53", .noRule), ("host.internal:22", .otherPort([11434])), ("a.host.internal:11434", .noRule),
            ("xn--ithub-ufa.com:443", .noRule), ("[::ffff:1.2.3.4]:53", .noRule),
        ])
    func refused(text: String, refusal: NetworkRefusal) throws {
        let destination = try #require(Destination(text))
        #expect(try #require(Self.policy).decision(for: destination) == .refused(refusal))
        #expect(NetworkPolicy.none.decision(for: destination) == .refused(.closed))
        #expect(NetworkPolicy.full.decision(for: destination) == .open)
    }

    @Test("A rule of the caller that names the host counts before one of a preset")
    func naming() throws {
        let rules = try NetworkRule.rules(["debian", "ftp.debian.org"])
        let decision = NetworkPolicy.allow(rules).decision(for: try #require(Destination("ftp.debian.org:80")))
        guard case .allowed(let rule) = decision else {
            Issue.record("\(decision)")
            return
        }
        #expect(rule.namesHost && !rules[0].namesHost)
        #expect(try !NetworkRule.rules(["*.example.com"])[0].namesHost)
    }

    @Test(
        "An invalid rule is one sentence",
        arguments: [
            ("gihtub", "is not a preset", "Did you mean 'github'?"), ("intranet", "is not a preset", "intranet:443."),
            ("https://a.com/", "not a URL", nil), ("a.com/x", "not a URL", nil), ("me@a.com", "not a URL", nil),
            ("a.com:0", "from 1 to 65535", nil), ("a.com:x", "from 1 to 65535", nil), ("::1", "in brackets", nil),
            ("a.*.com", "whole first label", nil), ("bücher.de", "xn-- labels", nil), ("127.1", "neither a host", nil),
            ("localhost:80", "would never match", nil), ("127.0.0.1:80", "would never match", nil),
            ("[::1]:80", "would never match", nil), ("0.0.0.0:80", "would never match", nil),
            ("224.0.0.1:80", "would never match", nil), ("host.internal", "it needs the port", nil),
            ("*.host.internal:1", "no name is below", nil), ("*.1.2.3.4", "no name is below", nil),
            ("*.com", "unrelated owners", "Name the hosts"), ("*.co.uk", "unrelated owners", "Name the hosts"),
            ("*.github.io", "unrelated owners", "Name the hosts"),
            ("*.amazonaws.com", "unrelated owners", "Name the hosts"),
            ("", "needs the allowed hosts", "--allow github"), (",", "needs the allowed hosts", "--allow github"),
        ])
    func invalid(word: String, sentence: String, hint: String?) throws {
        let error = try #require(throws: EgressError.self) { try NetworkRule.rules([word]) }
        #expect(error.sentence.contains(sentence))
        #expect(error.hint?.contains(hint ?? "") ?? (hint == nil))
    }

    @Test("A rule's text is the same rule again")
    func text() throws {
        let rules = try NetworkRule.rules(["a.com", "*.b.com:8443", "[2606:4700::1]:443", "c:22"])
        #expect(try NetworkRule.rules([rules.map(\.text).joined(separator: ", ")]) == rules)
        #expect(rules.map(\.text) == ["a.com", "*.b.com:8443", "[2606:4700::1]:443", "c:22"])
    }

    @Test("A preset has a name of its own, and rules with a port each")
    func presets() throws {
        #expect(Set(NetworkPreset.all.map(\.name)).count == NetworkPreset.all.count)
        for preset in NetworkPreset.all {
            #expect(
                !preset.rules.isEmpty && preset.rules.allSatisfy { !$0.ports.isEmpty && !$0.namesHost },
                "\(preset.name)")
            #expect(try NetworkRule.rules([preset.name]) == preset.rules)
        }
    }
}

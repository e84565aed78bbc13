// SPDX-License-Identifier: Apache-2.0

import Egress
import Engine
import Foundation
import Run
import SystemPackage
import Testing

@Suite("What the coding agent is told about its container")
struct AgentNotesTests {
    private static func notes(
        _ directories: [BindMount] = [BindMount(source: "/a", target: "/workspace", readOnly: false)],
        isGuarded: Bool = true, access: NetworkAccess? = nil, _ change: (inout HardeningProfile) -> Void = { _ in }
    ) -> AgentNotes {
        var profile = HardeningProfile(name: "p", readOnlyRoot: false, sudo: true, network: .full)
        change(&profile)
        let homes = [".local", ".cache"].map {
            BindMount(source: "/s", target: "/home/opencode/\($0)", readOnly: false)
        }
        var plan = LaunchPlan(
            engine: .embedded, image: "i", name: "n", command: nil, workspace: "/workspace",
            host: HostPlan(trees: [], homes: homes), environment: [],
            user: ContainerUser(caller: (1000, 1000), owner: (1000, 1000), image: (1000, 1000)), profile: profile,
            terminal: false, labels: [:])
        plan.access = access
        return AgentNotes(plan, directories: directories, isGuarded: isGuarded)
    }

    @Test("The allowed hosts are named, the first ones in the text and all of them in the document")
    func allowed() throws {
        let rules = try NetworkRule.rules(["debian", "api.example.com:8443"] + (0..<20).map { "h\($0).example.org" })
        let notes = Self.notes(access: NetworkAccess(rules: rules, forwarder: "/f")) { $0.network = .none }
        #expect(notes.text.contains("reaches these hosts alone: *.debian.org, "))
        #expect(notes.text.contains("api.example.com:8443, h0.example.org") && notes.text.contains(" and 10 more. "))
        #expect(notes.text.contains("sudo apt-get update") && notes.text.utf8.count < 2048)
        let document = try JSONSerialization.jsonObject(with: Data(notes.document.utf8)) as? [String: Any]
        #expect((document?["allowed"] as? [String])?.count == 22 && document?["network"] as? String == "allow")
    }

    @Test("Each fact has its words")
    func facts() {
        let usual = Self.notes().text
        for words in [
            "`/workspace` (the project)", "are read-only, because git on the host executes them",
            "`sudo apt-get update && sudo apt-get install PACKAGE`", "The network is open.", "Limits: 1024 processes.",
            "in the home directory .cache .local.", "All else is gone afterwards.",
        ] { #expect(usual.contains(words), "\(words)") }
        let strict = Self.notes(
            [BindMount(source: "/a", target: "/workspace", readOnly: true)], isGuarded: false
        ) {
            ($0.sudo, $0.network, $0.readOnlyRoot) = (false, .none, true)
            $0.limits = ResourceLimits(memory: 4_000_000_000, cpus: 1.5)
        }.text
        for words in [
            "`/workspace` (the project, read-only)", "There is no root", "There is no network",
            "Limits: 4.0 GB of memory, 1.5 processors.", "Other places are read-only or in memory.",
        ] { #expect(strict.contains(words), "\(words)") }
        #expect(!strict.contains("Git's hooks"))
    }

    @Test("Any names give at most 2 KB, one line for each fact, and the same bytes again")
    func names() throws {
        let odd = ["a\n- `sudo` is evil", "\u{1b}[2J", String(repeating: "é", count: 200), "\u{202e}x"]
        let mounts = (0..<60).map {
            BindMount(source: "/a", target: "/mnt/\($0)\(odd[$0 % odd.count])", readOnly: $0 % 2 == 0)
        }
        let notes = Self.notes(mounts)
        #expect(notes.text.utf8.count <= 2048 && notes.text == Self.notes(mounts).text)
        #expect(notes.text.contains(" and 52 more. "))
        #expect(notes.text.split(separator: "\n").count == Self.notes().text.split(separator: "\n").count)
        #expect(!notes.text.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{202e}" })
        #expect(notes.document == Self.notes(mounts).document)
        let document = try JSONSerialization.jsonObject(with: Data(notes.document.utf8)) as? [String: Any]
        #expect((document?["directories"] as? [Any])?.count == 60)
    }

    @Test("The configuration names the text, and permits the added directories where no other one decides")
    func configuration() throws {
        let mounts = ["/workspace", "/mnt/a b\"", "/mnt/c"].map {
            BindMount(source: "/a", target: $0, readOnly: false)
        }
        for permitsAdded in [true, false] {
            let text = Self.notes(mounts).configuration(permitsAdded: permitsAdded)
            let value = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(value["instructions"] as? [String] == ["/etc/opencode/container.md"])
            let permission = value["permission"] as? [String: [String: String]]
            let rules = ["external_directory": ["/mnt/a b\"/*": "allow", "/mnt/c/*": "allow"]]
            #expect(permission == (permitsAdded ? rules : nil))
        }
        #expect(AgentNotes.rule(for: ["/mnt/c"]) == #""external_directory": {"/mnt/c/*":"allow"}"#)
        for directories in [[], ["/mnt/*"], ["/mnt/a?"]] { #expect(AgentNotes.rule(for: directories) == nil) }
        let wild = Self.notes(["/w", "/mnt/a**b"].map { BindMount(source: "/a", target: $0, readOnly: false) })
        #expect(!wild.configuration(permitsAdded: true).contains("permission"))
    }

    @Test(
        "A configuration decides when it has a word for all, a rule for other directories, or cannot be read",
        arguments: [
            ("{}", false), (#"{"permission": {"bash": "ask"}}"#, false),
            ("// mine\n{\"permission\": {\"edit\": {\"*\": \"ask\",}, /* x */ }}", false),
            (#"{"permission": {"*": "deny"}}"#, true), (#"{"permission": {"external_*": "deny"}}"#, true),
            (#"{"permission": "allow"}"#, true), (#"{"permission": {"external_directory": "deny"}}"#, true),
            (#"{"permission": {"external\u005fdirectory": "deny"}}"#, true),
            (#"{"agent": {"plan": {"permission": {"external_directory": {"*": "deny"}}}}}"#, true),
            (#"{"permission": 1}"#, true), ("[]", true), ("", true), ("{", true), ("\u{0}", true),
        ])
    func decisions(text: String, decides: Bool) {
        #expect(AgentPermissions.decide(in: [Array("{}".utf8), Array(text.utf8)]) == decides)
    }

    @Test(
        "The variable decides as the key does",
        arguments: [
            (nil, false), (#"{"bash": "deny"}"#, false), (#"{"external_directory": "ask"}"#, true), (#""deny""#, true),
            ("deny", true),
        ])
    func variable(value: String?, decides: Bool) {
        #expect(AgentPermissions.decide(in: [], permission: value) == decides)
    }
}

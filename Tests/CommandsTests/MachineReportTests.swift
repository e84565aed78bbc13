// SPDX-License-Identifier: Apache-2.0

import Commands
import OCI
import Testing

@Suite("A bug report contains no secrets")
struct MachineReportTests {
    /// Secrets in typical places; each begins with "canary".
    static let environment = [
        "GH_TOKEN": "canary-token", "ANTHROPIC_API_KEY": "canary-key", "PASSWORD": "canary-pass",
        "https_proxy": "http://user:canary-proxy@proxy.example:3128", "HOME": "/home/canary-user",
        "OPENCODE_DOCKER_MIRROR": "https://canary-name:canary-mirror@mirror.example/?sig=canary-query",
        "OPENCODE_DOCKER_ENGINE": "podman", "OPENCODE_DOCKER_PROFILE": "canary/profile",
        "UNRELATED": "canary-unrelated",
        "DOCKER_HOST": "ssh://canary-user@build.example",
    ]

    static let report = MachineReport(
        system: ["kernel": "Linux 6.1 on canary-host"],
        findings: [
            .init(
                verdict: "bad", what: "cannot reach https://u:canary-mirror@mirror.example/a?token=canary-query now",
                fix: "look at /home/canary-user/.config, which holds canary-token and canary-key"),
            .init(verdict: "note", what: "two\u{1B}[31m\nlines for canary-user", fix: nil),
        ],
        environment: environment, store: ["downloads": 1_000_000],
        redaction: Redaction(
            environment: environment, home: "/home/canary-user", names: ["canary-user", "canary-host", "root"]))

    @Test("Neither as Markdown nor as JSON")
    func canaries() throws {
        let json = try CanonicalJSON.jsonValue(of: Self.report).pretty()
        for text in [Self.report.markdown, json] {
            #expect(!text.contains("canary"), "\(text)")
            #expect(!text.contains("\u{1B}"))
        }
    }

    @Test("Useful facts are kept")
    func told() {
        let text = Self.report.markdown
        #expect(text.contains("| kernel | Linux 6.1 on [name] |"))
        #expect(text.contains("| OPENCODE_DOCKER_ENGINE | podman |"))
        #expect(text.contains("| OPENCODE_DOCKER_MIRROR | set |"))
        #expect(text.contains("| https_proxy | set |"))
        #expect(!text.contains("UNRELATED"))
        #expect(text.contains("cannot reach https://[removed]@mirror.example/a?[removed] now"))
        #expect(text.contains("fix: look at ~/.config, which holds [removed] and [removed]"))
        #expect(text.contains("| downloads | 1.0 MB |"))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage
import Testing

extension HostileCheck {
    /// Links of the caller lead into the project, and a container redirects them.
    @Sendable static func callersLinks(_ harness: RunHarness) async throws {
        let work = harness.project
        let setUp = """
            mkdir -p "$HOME/.config/opencode" agents dots; ln -s "$PWD/agents" "$HOME/.config/opencode/agent"
            ln -s "$PWD/dots" "$HOME/.config/git"; ln -s "$PWD/dots" "$HOME/d"; git config --global alias.zz '!~/d/zz'
            chown -R 4321:4321 .
            """
        try await Shell.must("cd \"$PROJECT\"; \(setUp)", environment: harness.variables)
        let first = try await harness.inside(
            "rm -r agents; ln -s \(harness.directory)/outside agents; touch dots/zz dots/ignore; echo >> dots/config")
        let expected = [
            "cannot create dots/config: Read-only file system", "dots/zz  (executed or read by git: alias.zz)",
            "dots/ignore  (it hides files from `git status`: core.excludesfile)",
        ]
        for line in expected { #expect(first.error.contains(line), "\(harness.engine) \(first.error)") }
        #expect(!first.error.contains("dots/config  ("), "\(harness.engine) \(first.error)")
        let next = try await harness.inside("cat ~/.config/opencode/agent/* ~/.config/opencode/agent/hooks/*; true")
        #expect(!next.output.contains("canary"), "\(harness.engine) \(next.output)")
        #expect(
            next.error.contains("'\(work)/agents' is a symbolic link where containers write"),
            "\(harness.engine) \(next.error)")
    }

    /// The caller's configuration is in the project, and a container puts a key there.
    @Sendable static func callersFiles(_ harness: RunHarness) async throws {
        try await Shell.must(
            "mkdir \"$PROJECT/dots\"; chown 4321:4321 \"$PROJECT/dots\"; rm -rf \"$HOME/.config\"; ln -s \"$PROJECT/dots\" \"$HOME/.config\"",
            environment: harness.variables)
        let attack = "mkdir -p dots/x/ssh; echo key > dots/x/ssh/id_ed25519; ln -s x dots/opencode-docker"
        #expect(try await harness.inside(attack).status == 0)
        let next = try await harness.inside("echo started")
        #expect(next.status == 64 && next.output == "", "\(harness.engine) \(next.output) \(next.error)")
        #expect(next.error.contains("is not read") && next.error.contains("quarantined"), "\(next.error)")
        try await Shell.must("mv \"$1/dots/opencode-docker\" \"$1/dots/x\"", [harness.project.string])
        #expect(try await harness.inside("echo started").output == "started\n")
    }

    /// A guarded file that the host replaced, so that its mount is gone, and that the container removes.
    @Sendable static func removed(_ harness: RunHarness) async throws {
        async let inside = harness.inside(
            "touch ready; while [ ! -e go ]; do sleep 0.1; done; rm -f .git/config; sleep 1")
        try await Shell.must("until [ -e \"$1/ready\" ]; do sleep 0.1; done", [harness.project.string])
        let host = try await harness.host("sed -i s/bare/bare/ .git/config; cp .git/config known; sleep 0.5; touch go")
        #expect(host.status == 0)
        let ending = try await inside
        let sentence = "'\(harness.project)/.git/config' was removed: the known one is restored"
        #expect(ending.error.ranges(of: sentence).count == 1, "\(harness.engine) \(ending.error)")
        #expect(try await harness.host("cmp known .git/config && rm known go ready").status == 0)
    }
}

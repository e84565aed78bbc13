// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage
import Testing

extension EndToEnd {
    /// The full image with a made-up agent, and the agent's pin.
    @Suite(.serialized)
    struct AgentTests {
        @Test("resolve updates the pin, build adds the agent and refuses any other archive")
        func fullImage() async throws {
            try await AgentImage.with("agent") { image in
                try await expectPinMoves(image)
                try await expectBuilds(image)
                try await expectPrograms(image)
                try await expectRefusals(image)
                try await expectMovesByDigest(image)
            }
        }

        /// There is no lock yet, and the definition pins a version that does not exist.
        private func expectPinMoves(_ image: AgentImage) async throws {
            let before = try Files.read(image.definition, limit: 1 << 20)
            let ending = try await image.run("resolve", "--agent", "1.90.0")
            #expect(ending.status == 0, "\(ending.error)")
            try Files.write(before, to: FilePath("\(image.definition).old"))
            let changes = try await Shell.must(
                "diff \"$1.old\" \"$1\" | grep '^[<>]' || true", [image.definition.string]
            ).split(separator: "\n")
            let x64 = try await image.digest(image.archive("1.90.0", "x64"))
            let arm64 = try await image.digest(image.archive("1.90.0", "arm64"))
            #expect(
                changes.filter { $0.hasPrefix(">") } == [
                    ">   version: 1.90.0", ">       sha256: \(x64)", ">       sha256: \(arm64)",
                ])
            #expect(changes.filter { $0.hasPrefix("<") }.count == 3)
            let pins = try await Shell.must(
                "jq -r '.artifacts[] | .version + \" \" + .sha256' \"$1\"", [image.lock.string])
            #expect(Set(pins.split(separator: "\n")) == ["1.90.0 \(x64)", "1.90.0 \(arm64)"])
            #expect(try await image.run("resolve", "--check").status == 0)
        }

        private func expectBuilds(_ image: AgentImage) async throws {
            let layout = image.directory.appending("layout")
            let ending = try await image.run("build", "--output", "oci:\(layout)")
            #expect(ending.status == 0, "\(ending.error)")
            let name = "\(layout):agent:\(Harness.version)"
            let found = try await Shell.must("skopeo inspect \"oci:$1\" | jq -r .Digest", [name])
            #expect(found == ending.output)
            let script = "skopeo inspect --config --raw \"oci:$1\" | jq -r \"$2\""
            let label = try await Shell.must(script, [name, ".config.Labels[\"org.opencontainers.image.version\"]"])
            #expect(label == "\(Harness.version)\n")
            let check = try await Shell.must(script, [name, ".config.Healthcheck | .Test[0], .Test[1], .Retries"])
            #expect(check == "CMD\n/usr/local/libexec/opencode-docker/health\n3\n")
            let last = try await Shell.must(
                """
                digest=$(skopeo inspect --raw "oci:$2" | jq -r '.layers[-1].digest')
                tar -tzf "$1/blobs/sha256/${digest#sha256:}" | grep -v '/$' | sort
                """, [layout.string, name])
            #expect(last == "etc/opencode-docker/agent\nusr/local/bin/opencode\n")
            let bundle = image.directory.appending("bundle")
            try await Shell.must("umoci unpack --image \"$1\" \"$2\"", [name, bundle.string])
            let files = bundle.appending("rootfs").string
            #expect(try await Shell.must("chroot \"$1\" opencode --version", [files]).hasPrefix("1.90.0 "))
            #expect(try await Shell.must("cat \"$1/etc/opencode-docker/agent\"", [files]) == Self.note)
            #expect(try await Shell.must("stat -c '%a %u:%g' \"$1/usr/local/bin/opencode\"", [files]) == "755 0:0\n")
        }

        private static let note = "/usr/local/bin/opencode\n1.90.0\n"

        /// The agent in `programs:` has the layer of `agent:`; another program has one below it, or is missing.
        private func expectPrograms(_ image: AgentImage) async throws {
            let directory = image.directory.string
            try await Shell.must(Self.addProgram, [directory, "\(image.port)"])
            expect(try await image.run("resolve", "--quiet"), .usage, ["image.yaml:", "'tool' has no licence"])
            try await Shell.must(
                "d=\"$1/image/rootfs/usr/share/doc/tool\"; mkdir -p \"$d\"; echo MIT > \"$d/copyright\"", [directory])
            #expect(try await image.run("resolve", "--quiet").status == 0)
            expect(try await image.run("build", "--quiet"), .tryAgain, ["'tool 1'", "--artifact tool=FILE"])
            let built = try await image.run(
                "build", "--quiet", "--artifact", "tool=\(directory)/tool", "--output", "oci:\(directory)/more")
            #expect(built.status == 0, "\(built.error)")
            let layers = "skopeo inspect --raw \"oci:$1:agent:$2\" | jq -r '.layers[].digest'"
            let before = try await Shell.must(layers, ["\(directory)/layout", Harness.version]).split(separator: "\n")
            let after = try await Shell.must(layers, ["\(directory)/more", Harness.version]).split(separator: "\n")
            #expect(after.last == before.last && after.count == before.count + 1)
            #expect(after.dropLast(3) == before.dropLast(2), "the packages' layers")
            try await Shell.must(
                "cd \"$1\"; mv old.yaml image/image.yaml; mv old.lock versions.lock; rm -r image/rootfs/usr/share",
                [directory])
        }

        private static let addProgram = """
            cd "$1"; cp image/image.yaml old.yaml; cp versions.lock old.lock
            sed -i -e '/^agent:/,$ { s/^agent:/programs:/; s/^  /    /; s/^    name:/  - name:/; /mode:/d }' image/image.yaml
            printf '#!/bin/sh\necho tool\n' > tool
            digest=$(sha256sum < tool | cut -c -64)
            cat >> image/image.yaml << EOF
                agent: true
                form: tar.gz
              - name: tool
                version: 1
                form: file
                date: 2026-11-30
                path: /usr/local/bin/tool
                artifacts:
                  linux/amd64: {url: "http://127.0.0.1:$2/tool", sha256: $digest}
                  linux/arm64: {url: "http://127.0.0.1:$2/tool", sha256: $digest}
            EOF
            """

        /// The archive of the same name has other contents now; the pinned one is passed as a file.
        private func expectRefusals(_ image: AgentImage) async throws {
            try await Shell.must(
                """
                for machine in x64 arm64; do
                    cp "$1/opencode-linux-$machine.tar.gz" "$2-$machine"; cp "$3/opencode-linux-$machine.tar.gz" "$1/"
                done
                """,
                [
                    image.archive("1.90.0", "x64").removingLastComponent().string,
                    image.directory.appending("pinned").string,
                    image.archive("1.91.0", "x64").removingLastComponent().string,
                ])
            // A store with the packages but not the agent.
            for name in ["x64", "arm64"] {
                let digest = try await image.digest(image.directory.appending("pinned-\(name)"))
                try await Shell.must(
                    "rm -rf \"$1/blobs/sha256/$2\" \"$1/records\" \"$1/images\"", [image.store.string, digest])
            }
            try await Shell.must("sed -i 's/^title: .*/title: Another/' \"$1\"", [image.definition.string])
            let changed = try await image.run("build", "--quiet")
            let says = ["Cannot download 'opencode 1.90.0' from 127.0.0.1:", "digest mismatch", "--base"]
            expect(changed, .broken, says)
            let machine = try await Shell.must("dpkg --print-architecture") == "arm64\n" ? "arm64" : "x64"
            let wrong = image.archive("1.91.0", machine)
            expect(try await image.run("build", "-q", "--artifact", "opencode=\(wrong)"), .broken, ["has the digest"])
            let right = image.directory.appending("pinned-\(machine)")
            let ending = try await image.run("build", "-q", "--artifact", "opencode=\(right)")
            #expect(ending.status == 0, "\(ending.error)")
        }

        /// A version that cannot be downloaded can be pinned by its digests.
        private func expectMovesByDigest(_ image: AgentImage) async throws {
            let before = try await Shell.must("cat \"$1\" \"$2\"", [image.definition.string, image.lock.string])
            let missing = try await image.run("resolve", "--quiet", "--agent", "1.92.0")
            expect(
                missing, .tryAgain, ["'opencode 1.92.0 (linux/amd64)' and 1 more", "--agent-sha256 linux/amd64=HEX"])
            expect(try await image.run("resolve", "-q", "--agent", "one"), .usage, ["'one'", "1.2.3"])
            expect(
                try await image.run("resolve", "-q", "--agent", "1.92.0", "--agent-sha256", "linux/arm=00"), .usage,
                ["'linux/arm=00'"])
            #expect(try await Shell.must("cat \"$1\" \"$2\"", [image.definition.string, image.lock.string]) == before)
            let digest = String(repeating: "a", count: 64)
            let moved = try await image.run(
                "resolve", "--agent", "1.92.0", "--mirror", "http://127.0.0.1:9", "--agent-sha256",
                "linux/amd64=\(digest)", "--agent-sha256", "linux/arm64=\(digest)")
            #expect(moved.status == 0, "\(moved.error)")
            #expect(moved.output.contains("opencode (linux/amd64) 1.90.0 -> 1.92.0 sha256:\(digest)"))
            let build = try await image.run("build", "--quiet")
            expect(build, .tryAgain, ["not there", "--base", "--artifact opencode=FILE"])
        }

        private func expect(_ ending: Ending, _ status: Core.ExitStatus, _ says: [String]) {
            #expect(ending.status == status.rawValue, "\(ending.error)")
            // The definition of these tests has no s6.
            let lines = ending.error.split(separator: "\n").filter { !$0.hasPrefix("warning: The image lacks") }
            #expect(lines.count <= 2, "\(ending.error)")
            for text in says { #expect(ending.error.contains(text), "\(ending.error)") }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import SystemPackage
import Testing
import Verify

/// C12 and C13 with a real sshd whose key changes: the probe's fake server must give the same results. The host's
/// network is used only to reach the host's sshd.
@Suite(
    .serialized, .enabled(if: Fixture.isPossible && Files.exists("/usr/sbin/sshd"), "needs root, a trial root and sshd")
)
struct HostKeyTests {
    @Test func aChangedKeyIsRefused() async throws {
        try await Fixture.with { fixture in
            var plan = fixture.subject.plan
            plan.profile.network = .host
            plan.arguments = fixture.subject.entrypoint + ["sleep", "60"]
            let answers = try await fixture.verifier.engine.launch(plan) { container in
                var answers: [String] = []
                for key in ["one", "one", "two"] {
                    answers.append(try await Self.answer(of: container, key, fixture.directory, host: "[127.0.0.1]"))
                }
                answers.append(try await Self.answer(of: container, "two", fixture.directory, host: "github.com"))
                return answers
            }
            // After the host key check, there is no way to log in.
            #expect(
                answers == ["Permission denied", "Permission denied", "verification failed", "verification failed"])
        }
    }

    /// Starts an sshd with that key for one connection, and returns the reaction of the image's ssh.
    private static func answer(
        of container: any StartedContainer, _ key: String, _ directory: FilePath, host: String
    ) async throws -> String {
        let port = "22\(Int.random(in: 100...999))"
        let server = """
            cd "$1"; [ -e "$2" ] || ssh-keygen -q -t ed25519 -N '' -f "$2"; mkdir -p /run/sshd
            timeout 20 /usr/sbin/sshd -d -e -f /dev/null -p "$3" -o ListenAddress=127.0.0.1 -o UsePAM=no \
                -o PasswordAuthentication=no -h "$1/$2" >log 2>&1 </dev/null || true
            """
        let served = try ExternalProgram(
            "/bin/sh", ["-c", server, "sh", directory.string, key, port], environment: ExternalProgram.ownEnvironment
        ).start()
        let alias = host == "github.com" ? "github.com" : "changing.invalid"
        let client = """
            for try in 1 2 3 4 5 6 7 8 9 10; do
                said=$(ssh -n -T -o BatchMode=yes -o ProxyCommand="nc 127.0.0.1 $1" "$2" true 2>&1)
                case $said in *'closed by remote'*) sleep 0.3 ;; *) break ;; esac
            done
            printf '%s\\n' "$said"
            """
        let enter = "\(Fixture.libexec)/enter"
        let result = try await container.exec(
            ProcessPlan(
                arguments: [enter, "/bin/sh", "-c", client, "sh", port, alias],
                capabilities: [.chown, .fileOwner, .setGroupID, .setUserID]))
        _ = await served.ended()
        let said = String(decoding: result.standardOutput, as: UTF8.self)
        for known in ["Permission denied", "verification failed"] where said.contains(known) { return known }
        return said
    }
}

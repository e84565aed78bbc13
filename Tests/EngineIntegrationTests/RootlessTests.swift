// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage
import Testing

/// The same engine as an ordinary user. The outer test starts this program again as the user `daemon`, in a namespace
/// where that user has subordinate IDs; the inner test runs there.
@Suite struct RootlessTests {
    static let isInside: Bool = {
        guard let host = try? HostFacts.current() else { return false }
        return host.rootless && geteuid() == 0 && Fixture.canStart
    }()

    @Test(.enabled(if: Fixture.isPossible, "needs root in a mount namespace of its own"))
    func runsAsAnOrdinaryUser() async throws {
        try await Fixture.with { fixture in
            try Files.write(Array("daemon:100000:65536\n".utf8), to: fixture.directory.appending("subid"))
            let program = try Fixture.link("/proc/self/exe")
            let enter = PrivateNamespace.command(
                program: program,
                arguments: ["--testing-library", "swift-testing", "--filter", "RootlessTests/insideItWorks"], userID: 1)
            let script = """
                cd \(fixture.directory) && mount --bind subid /etc/subuid && mount --bind subid /etc/subgid && mknod tun c 10 200 &&
                chmod 666 tun && mount --bind tun /dev/net/tun && export \(PrivateNamespace.marker)=outside &&
                exec setpriv --reuid 1 --regid 1 --clear-groups "$@"
                """
            let result = try await ExternalProgram(
                "/usr/bin/unshare", ["--mount", "--propagation", "private", "sh", "-c", script, "sh"] + enter,
                environment: ExternalProgram.ownEnvironment
            ).result(limit: 1 << 20, error: .output)
            let output = String(decoding: result.standardOutput, as: UTF8.self)
            #expect(result.status == 0, "\(output)")
            #expect(output.contains("insideItWorks() passed"), "\(output)")
        }
    }

    @Test(.enabled(if: isInside, "runs inside of runsAsAnOrdinaryUser")) func insideItWorks() async throws {
        try await Fixture.with { fixture in
            let script = "touch /new && chown 12:34 /new && rmdir /etc && cat /proc/net/dev"
            var plan = try fixture.smallPlan(["/bin/sh", "-c", script])
            plan.profile.network = .none
            plan.profile.limits = ResourceLimits(pids: 100)
            try await fixture.engine.run(plan, output: .inherit()) { upper, status in
                #expect(status == 0)
                var entry = stat()
                #expect(lstat(upper.appending("new").string, &entry) == 0 && entry.st_uid == 12 && entry.st_gid == 34)
                #expect(lstat(upper.appending("etc").string, &entry) == 0 && entry.st_mode & S_IFMT == S_IFCHR)
            }
            plan.profile.network = .full
            plan.arguments = ["/bin/sleep", "100"]
            try await fixture.engine.withContainer(plan) { container in
                let result = try await container.exec(
                    ProcessPlan(arguments: ["cat", "/etc/resolv.conf", "/proc/net/dev"]))
                let text = String(decoding: result.standardOutput, as: UTF8.self)
                #expect(text.hasPrefix("nameserver "))
                #expect(text.split(separator: "\n").count > 4, "\(text)")
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage
import Testing

@Suite(.enabled(if: Fixture.isPossible, "needs root in a mount namespace of its own"))
struct ContainerTests {
    static let four: Set<Capability> = [.chown, .fileOwner, .setGroupID, .setUserID]
    static let standard = HardeningProfile(name: "fixture", capabilities: four, limits: ResourceLimits(pids: 77))

    /// Compared with `/proc` of the first process, read from the host.
    @Test func theHostSeesTheProfile() async throws {
        try await Fixture.with { fixture in
            let plan = fixture.plan(["/bin/sleep", "100"], profile: Self.standard)
            try await fixture.engine.withContainer(plan) { container in
                let status = try Fixture.status(of: container.pid)
                #expect(status["CapBnd"] == "00000000000000c9" && status["CapEff"] == "00000000000000c9")
                #expect(status["CapInh"] == "0000000000000000" && status["CapAmb"] == "0000000000000000")
                #expect(status["NoNewPrivs"] == "1")
                for namespace in ["pid", "net", "ipc", "uts", "mnt", "cgroup"] {
                    let own = try Fixture.link("/proc/self/ns/\(namespace)")
                    let theirs = try Fixture.link("/proc/\(container.pid)/ns/\(namespace)")
                    #expect(own != theirs, "\(namespace)")
                }
            }
        }
    }

    @Test func executesWithInputUserAndStatus() async throws {
        try await Fixture.with { fixture in
            try await fixture.engine.withContainer(fixture.plan(["/bin/sleep", "100"], profile: Self.standard)) {
                container in
                let script = "cat; id -u; id -G; pwd; grep CapEff /proc/self/status; echo bad >&2; exit 9"
                let process = ProcessPlan(
                    arguments: ["sh", "-c", script], uid: 1000, gid: 1001, additionalGroups: [5],
                    capabilities: Self.four,
                    workingDirectory: "/usr")
                let result = try await container.exec(process, input: Array("hello\n".utf8))
                #expect(result.status == 9)
                let text = String(decoding: result.standardOutput, as: UTF8.self)
                #expect(text == "hello\n1000\n1001 5\n/usr\nCapEff:\t0000000000000000\n")
                #expect(result.standardError == Array("bad\n".utf8))
            }
        }
    }

    @Test func executionIsBounded() async throws {
        try await Fixture.with { fixture in
            try await fixture.engine.withContainer(fixture.plan(["/bin/sleep", "100"])) { container in
                await #expect(throws: EngineError.timedOut(process: "sleep", seconds: 0.2)) {
                    try await container.exec(
                        ProcessPlan(arguments: ["sleep", "50"]), timeout: .milliseconds(200))
                }
                await #expect(throws: EngineError.outputTooLarge(process: "head", limit: 1000)) {
                    try await container.exec(
                        ProcessPlan(arguments: ["head", "-c", "5000", "/dev/zero"]), limit: 1000)
                }
                let error = await #expect(throws: EngineError.self) {
                    try await container.exec(ProcessPlan(arguments: ["/nowhere"]))
                }
                guard case .runtimeFailed = error else { throw Fixture.Unexpected() }
            }
        }
    }

    /// The first process has PID 1, for which signals without a handler are ignored.
    @Test(arguments: [("trap 'exit 5' TERM; while :; do sleep 0.05; done", 5), ("sleep 100; :", 137)])
    func stopsGracefullyOrNot(script: String, status: Int32) async throws {
        try await Fixture.with { fixture in
            try await fixture.engine.withContainer(fixture.plan(["/bin/sh", "-c", script])) { container in
                try await Task.sleep(for: .milliseconds(100))
                let stopped = try await container.stop(grace: .milliseconds(500))
                #expect(stopped == status)
                let again = try await container.wait()
                #expect(again == status)
            }
        }
    }

    @Test func limitsAreInTheControlGroup() async throws {
        try await Fixture.with { fixture in
            var profile = Self.standard
            profile.limits = ResourceLimits(pids: 77, memory: 256 << 20, cpus: 1.5)
            let script = """
                cd /sys/fs/cgroup; cat pids.max pids/pids.max memory.max memory/memory.limit_in_bytes cpu.max \
                cpu/cpu.cfs_quota_us 2>/dev/null
                """
            let result = try await fixture.shell(script, profile: profile)
            let words = Set(result.output.split(whereSeparator: \.isWhitespace).map(String.init))
            #expect(words.isSuperset(of: ["77", "\(256 << 20)", "150000"]))
        }
    }

    @Test func nothingIsLeft() async throws {
        try await Fixture.with { fixture in
            let pid = try await fixture.engine.withContainer(fixture.plan(["/bin/sleep", "100"])) { $0.pid }
            #expect(kill(pid, 0) == -1)
            await #expect(throws: Fixture.Unexpected.self) {
                try await fixture.engine.withContainer(fixture.plan(["/bin/sleep", "100"])) { _ in
                    throw Fixture.Unexpected()
                }
            }
            let left = try Files.list(fixture.directory.appending("scratch"))
            let states = try Files.list(fixture.directory.appending("scratch").appending("state"))
            #expect(left == ["state"] && states.isEmpty)
        }
    }

    @Test func mountsAndHiddenPathsAreAsPlanned() async throws {
        try await Fixture.with { fixture in
            let source = try fixture.layer("shared", file: "file", "text")
            let script = """
                cat /mnt/in/file; touch /mnt/in/x 2>&1; touch /mnt/out/x && echo written; wc -c </proc/keys; ls /sys/firmware
                touch /etc/x 2>&1; touch /tmp/x && echo tmp; echo 1 2>&1 >/proc/sys/kernel/panic
                """
            let result = try await fixture.shell(
                script, profile: Self.standard,
                mounts: [
                    BindMount(source: source, target: "/mnt/in"),
                    BindMount(source: source, target: "/mnt/out", readOnly: false),
                ])
            #expect(result.output.hasPrefix("text"))
            #expect(result.output.contains("'/mnt/in/x': Read-only file system"))
            #expect(result.output.contains("written\n0\n"))
            #expect(result.output.contains("'/etc/x': Read-only file system"))
            #expect(result.output.contains("tmp\n"))
            #expect(result.output.contains("/proc/sys/kernel/panic: Read-only file system"))
        }
    }
}

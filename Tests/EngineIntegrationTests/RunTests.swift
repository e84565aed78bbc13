// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage
import Testing

@Suite(.enabled(if: Fixture.isPossible, "needs root in a mount namespace of its own"))
struct RunTests {
    @Test(arguments: [0, 7, 42] as [Int32]) func passesTheExitStatusOn(asked: Int32) async throws {
        try await Fixture.with { fixture in
            let status = try await fixture.shell("exit \(asked)").status
            #expect(status == asked)
        }
    }

    @Test func givesTheLinesInOrder() async throws {
        try await Fixture.with { fixture in
            let lines = Received()
            let plan = fixture.plan(["/bin/sh", "-c", "echo one; echo two; printf three"])
            _ = try await fixture.engine.run(plan, output: .lines { $0.forEach(lines.add) }) { _, status in status }
            #expect(lines.lines == ["one", "two", "three"])
        }
    }

    /// Counted without control groups: a shell that waits for fifty children.
    @Test func endsAContainerWithTooManyProcesses() async throws {
        try await Fixture.with { fixture in
            let plan = fixture.plan(["/bin/sh", "-c", "for i in $(seq 50); do sleep 60 & done; wait"])
            await #expect(throws: EngineError.tooManyProcesses(40)) {
                try await fixture.engine.run(plan, output: .lines { _ in }, processes: 40) { _, status in status }
            }
            let status = try await fixture.engine.run(
                fixture.plan(["/bin/sh", "-c", "sleep 2"]), output: .lines { _ in }, processes: 40
            ) { _, status in status }
            #expect(status == 0)
        }
    }

    @Test func harvestsWhatWasWritten() async throws {
        try await Fixture.with { fixture in
            let extra = try fixture.layer("a", file: "srv/gone", "x")
            let plan = fixture.plan(
                ["/bin/sh", "-c", "echo new >/srv/new; rm /srv/gone; chown 12:34 /srv/new"], extra: [extra])
            try await fixture.engine.run(plan, output: .inherit()) { upper, status in
                #expect(status == 0)
                let new = try Files.read(upper.appending("srv").appending("new"), limit: 10)
                #expect(new == Array("new\n".utf8))
                var entry = stat()
                #expect(stat(upper.appending("srv").appending("new").string, &entry) == 0)
                #expect(entry.st_uid == 12 && entry.st_gid == 34)
                #expect(lstat(upper.appending("srv").appending("gone").string, &entry) == 0)
                #expect(entry.st_mode & S_IFMT == S_IFCHR && entry.st_rdev == 0)
            }
            let left = try Files.list(fixture.directory.appending("scratch"))
            #expect(left == ["state"])
        }
    }

    @Test func theHighestDirectoryWins() async throws {
        try await Fixture.with { fixture in
            let directories = try (0..<100).map { try fixture.layer("layer \($0):,", file: "srv/file", "\($0)") }
            let output = try await fixture.shell("cat /srv/file", extra: directories).output
            #expect(output == "99")
        }
    }

    @Test func theRuntimesOwnFailureIsNamed() async throws {
        try await Fixture.with { fixture in
            let error = await #expect(throws: EngineError.self) {
                try await fixture.engine.run(fixture.plan(["/nowhere"]), output: .inherit()) { _, _ in }
            }
            guard case .runtimeFailed(_, let reason) = error else { throw Fixture.Unexpected() }
            #expect(reason.contains("/nowhere"))
        }
    }

    @Test func configureStepHasWhatItNeedsAndNoNetwork() async throws {
        try await Fixture.with { fixture in
            let script = "grep -E '^Cap(Bnd|Eff)' /proc/self/status; tail -n +3 /proc/net/dev | cut -d: -f1; hostname"
            let result = try await fixture.shell(script)
            let mask = String(HardeningProfile.configureStep.capabilities.mask, radix: 16)
            let words = result.output.split(whereSeparator: \.isWhitespace).map(String.init)
            let padded = String(repeating: "0", count: 16 - mask.count) + mask
            #expect(words == ["CapEff:", padded, "CapBnd:", padded, "lo", "opencode"])
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage
import Testing

@Suite(.enabled(if: Fixture.isPossible, "needs root in a mount namespace of its own"))
struct ReapTests {
    /// The state after a kill: a directory without an owner, and a running container.
    @Test func endsWhatAKilledEngineLeft() async throws {
        try await Fixture.with { fixture in
            let scratch = fixture.directory.appending("scratch")
            let left = scratch.appending("left-1")
            for name in ["bundle", "root"] { try Files.makeDirectories(left.appending(name)) }
            try Files.write([], to: left.appending("owner"))
            let plan = try fixture.smallPlan(["/bin/sleep", "100"])
            let json = try RuntimeConfiguration.json(
                for: plan, rootPath: fixture.directory.appending("base"), host: fixture.engine.host,
                identifier: "left-1")
            try Files.write(json, to: left.appending("bundle").appending("config.json"))
            let file = fixture.directory.appending("pid")
            try ExternalProgram(
                fixture.engine.runtime.path,
                [
                    "--root", scratch.appending("state").string, "run", "--detach", "--pid-file", file.string,
                    "--bundle", left.appending("bundle").string, "left-1",
                ], environment: ExternalProgram.ownEnvironment
            ).run()
            let pid = try #require(Int32(String(decoding: try Files.read(file, limit: 20), as: UTF8.self)))
            #expect(kill(pid, 0) == 0)
            let names = try await fixture.engine.withContainer(fixture.plan(["/bin/sleep", "100"])) { container in
                let names = try fixture.engine.reap()
                #expect(kill(container.pid, 0) == 0)
                return names
            }
            #expect(names == ["left-1"])
            let directories = try Files.list(scratch)
            #expect(directories == ["state"])
            let commandLine = (try? Files.read(FilePath("/proc/\(pid)/cmdline"), limit: 1 << 16)) ?? []
            #expect(commandLine.isEmpty)
        }
    }

    /// The network helper of a launcher that was killed early has not written its PID yet.
    @Test func endsAHelperWithoutANumber() async throws {
        try await Fixture.with { fixture in
            let left = fixture.directory.pushing("scratch/left-2")
            try Files.makeDirectories(left)
            try Files.write([], to: left.appending("owner"))
            let arguments = ["-c", "while :; do sleep 0.1; done", "sh", "--netns", left.appending("network").string]
            let helper = try ExternalProgram("/bin/sh", arguments, environment: ExternalProgram.ownEnvironment).start()
            let names = try await EmbeddedEngine.reap(fixture.directory.appending("scratch"))
            #expect(names == ["left-2"])
            #expect(await helper.ended() == 128 + SIGKILL)
        }
    }
}

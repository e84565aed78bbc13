// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage
import TestSupport
import Testing

@Suite struct ExternalProgramTests {
    private static func shell(_ script: String) -> ExternalProgram {
        ExternalProgram("/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin", "A": "a=b"])
    }

    @Test(
        arguments: [
            ("cat; echo error >&2; exit 7", 7, "input", "error\n"),
            ("echo \"$A\"; kill -TERM $$", 128 + SIGTERM, "a=b\n", ""),
            ("exec env | sort | tr '\\n' ' '", 0, "A=a=b PATH=/usr/bin:/bin PWD=/ ", ""),
            // SIGPIPE has its default, whatever this process does with it, and no signal is blocked.
            (
                "yes | head -n 1; sed -En 's/^Sig(Blk|Ign):.*(.{7})$/\\2/p' /proc/self/status", 0,
                "y\n0000000\n0000000\n", ""
            ),
            ("ls /proc/self/fd | wc -l", 0, "4\n", ""),
        ] as [(String, Int32, String, String)])
    func result(script: String, status: Int32, output: String, error: String) async throws {
        var program = Self.shell(script)
        program.directory = "/"
        let result = try await program.result(input: Array("input".utf8), limit: 1 << 16)
        #expect(result.status == status)
        #expect(String(decoding: result.standardOutput, as: UTF8.self) == output)
        #expect(String(decoding: result.standardError, as: UTF8.self) == error)
    }

    /// Both pipes are read at the same time, and to their end.
    @Test func large() async throws {
        let program = Self.shell("head -c 3000000 /dev/zero >&2; head -c 3000001 /dev/zero; cat | wc -c >&2")
        let input = [UInt8](repeating: 7, count: 2_000_000)
        let result = try await program.result(input: input, limit: 1 << 22)
        #expect(result.standardOutput.count == 3_000_001)
        #expect(result.standardError.suffix(8).elementsEqual("2000000\n".utf8))
    }

    @Test func limit() async {
        await #expect(throws: ProgramError.outputTooLarge("/bin/sh", limit: 10)) {
            try await Self.shell("yes").result(limit: 10)
        }
        await #expect(throws: Never.self) { try await Self.shell("echo 123456789").result(limit: 10) }
    }

    @Test func silence() throws {
        #expect(throws: ProgramError.silent("/bin/sh", seconds: 1)) {
            try PipedProcess(Self.shell("exec sleep 1000")).read(limit: 10, seconds: 1)
        }
    }

    /// A process that the program leaves behind, with its output, is not waited for: it is alive afterwards.
    @Test func leftBehind() async throws {
        let result = try await Self.shell("sleep 1000 & echo $!").result(limit: 100)
        let pid = try #require(pid_t(String(decoding: result.standardOutput.dropLast(), as: UTF8.self)))
        #expect(kill(pid, SIGKILL) == 0)
    }

    @Test func cancellation() async throws {
        let task = Task { try await Self.shell("echo; exec sleep 1000").result(limit: 100) }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    /// A stopped and continued child has not ended.
    @Test func continuation() async throws {
        let child = try ExternalProgram("/bin/sleep", ["1"]).start()
        kill(child.pid, SIGSTOP)
        #expect(!child.hasEnded())
        kill(child.pid, SIGCONT)
        #expect(await child.ended() == 0)
        #expect(child.hasEnded() && child.wait() == 0)
        // Its PID may be another process's by now.
        child.send(SIGKILL)
    }

    @Test func streams() throws {
        try withTemporaryDirectory { directory in
            let file = directory.appending("output")
            let status = try Self.shell("echo out; echo error >&2; cat").start(output: .file(file)).wait()
            let (bytes, mode) = (try Files.read(file, limit: 100), try Files.status(of: file).st_mode)
            #expect(status == 0 && bytes == Array("out\nerror\n".utf8) && mode & 0o777 == 0o600)
        }
    }

    @Test func missing() {
        #expect(throws: ProgramError.missing("nothing-of-this-name")) {
            try ExternalProgram(named: "nothing-of-this-name", environment: ["PATH": "relative:/usr/bin"])
        }
        #expect(throws: ProgramError.notStarted("/nonexistent", .noSuchFileOrDirectory)) {
            try ExternalProgram("/nonexistent").start()
        }
        #expect(throws: ProgramError.notStarted("/etc/passwd", .permissionDenied)) {
            try ExternalProgram("/etc/passwd").run()
        }
    }
}

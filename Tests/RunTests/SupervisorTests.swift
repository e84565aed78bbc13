// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Run
import SystemPackage
import Testing

@Suite("The supervisor of a program on a terminal")
struct SupervisorTests {
    private static let limit = "/usr/lib/x86_64-linux-gnu/perl-base"

    /// Runs `script` under the supervisor, on a terminal of its own, and prints its output and its status.
    private static let driver = """
        import os, pty, signal, sys
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        pid, fd = pty.fork()
        if pid == 0: os.execvp("perl", ["perl", sys.argv[1]] + sys.argv[2:])
        seen = b""
        try:
            while True: seen += os.read(fd, 4096)
        except OSError: pass
        print(seen.decode().strip(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """

    private func run(_ words: String...) throws -> String {
        try Fixture.directory { directory in
            let program = directory.appending(Supervisor.programName)
            try Files.write(Array(Supervisor.program.utf8), to: program)
            let quoted = words.map(ShellWord.quote).joined(separator: " ")
            return try Fixture.shell("python3 -c \"$1\" \"$2\" \(quoted)", Self.driver, program.string)
        }
    }

    @Test(
        "The status is the program's",
        arguments: [
            ("echo a; exit 3", "a 3\n"), ("kill -KILL $$", " 137\n"), ("kill -TERM $$", " 143\n"),
            ("kill -TERM $PPID; sleep 10", " 143\n"),
        ])
    func status(script: String, expected: String) throws { #expect(try run("sh", "-c", script) == expected) }

    @Test("A program that stops itself goes on when no launcher listens", arguments: ["STOP", "TSTP", "TTIN"])
    func stopped(signal: String) throws {
        #expect(try run("sh", "-c", "kill -\(signal) $$; echo on; exit 4") == "on 4\n")
    }

    @Test("The program has the terminal, in a process group of its own, and no ignored signals")
    func terminal() throws {
        let script = """
            ps -o pid=,pgid=,tpgid= -p $$ | tr -s ' ' '\\n' | sort -u | grep -c .
            echo $((0x$(sed -n 's/^SigIgn:.//p' /proc/$$/status) & 0x385007))
            """
        let output = try run("sh", "-c", script).replacing("\r\n", with: "\n")
        // HUP, INT, QUIT, PIPE, TERM, TSTP, TTIN and TTOU.
        #expect(output == "1\n0 0\n")
    }

    @Test(
        "A program that cannot be started is named",
        arguments: [("nonexistent", "No such file or directory", 127), ("/etc/passwd", "Permission denied", 126)])
    func missing(program: String, reason: String, status: Int) throws {
        #expect(try run(program) == "opencode-docker: cannot run '\(program)': \(reason) \(status)\n")
    }

    @Test("It needs no more than perl-base", .enabled(if: Files.exists(FilePath("\(limit)/strict.pm"))))
    func modules() throws {
        try Fixture.directory { directory in
            let program = directory.appending(Supervisor.programName)
            try Files.write(Array("BEGIN { @INC = '\(Self.limit)' }\n\(Supervisor.program)".utf8), to: program)
            try Fixture.shell("perl -c \"$1\" 2> /dev/null", program.string)
        }
    }

    @Test("It comes between the entrypoint and the command, and a container without a command has none")
    func plan() {
        var plan = ContainerPlan(
            name: "n", lowerDirectories: [], arguments: ["/enter", "zsh", "-l"],
            environment: [], workingDirectory: "/", mounts: [], profile: HardeningProfile(name: "standard"))
        let supervised = plan.supervised(after: 1, directory: "/seen")
        #expect(supervised.arguments.first == "/enter" && supervised.arguments.suffix(2) == ["zsh", "-l"])
        #expect(supervised.arguments.count == 7)
        #expect(supervised.mounts.map(\.target) == [Supervisor.target])
        #expect(supervised.mounts.allSatisfy { $0.readOnly && $0.noExec })
        plan.arguments = ["/enter"]
        #expect(plan.supervised(after: 1, directory: "/seen") == plan)
    }
}

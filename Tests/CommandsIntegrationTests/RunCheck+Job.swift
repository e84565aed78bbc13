// SPDX-License-Identifier: Apache-2.0

import Testing

extension RunCheck {
    /// An interactive bash on a terminal of Python's pty module, and a run in it.
    private static let shell = """
        import fcntl, os, pty, re, select, signal, struct, subprocess, sys, termios, time
        RUN = "$PROGRAM run --quiet --network none -- "
        class Terminal:
            def __init__(self, *command):
                self.pid, self.fd = pty.fork()
                if self.pid == 0: os.execvp(command[0], command)
                self.seen = b""
                self.size(33, 101)
            def size(self, *rows): fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", *rows, 0, 0))
            def until(self, pattern, seconds=30):
                end = time.time() + seconds
                while time.time() < end and not re.search(pattern, self.seen):
                    if select.select([self.fd], [], [], 0.1)[0]:
                        try: self.seen += os.read(self.fd, 65536)
                        except OSError: break
                return bool(re.search(pattern, self.seen))
            def send(self, text):
                self.seen = b""
                os.write(self.fd, text.encode())
            def do(self, line):
                self.send(line + "\\n")
                return self.until(rb"<\\d+> $")
            def stop(self, script):
                self.send(RUN + "sh -c '" + script + "'\\n")
                return self.until(rb"Stopped[^\\n]*\\n(.*\\n)*.*<148> $")
            def job(self):
                self.do("jobs -l")
                return int(re.search(rb"\\] *[+-]? +(\\d+) ", self.seen)[1])
            def usable(self):
                self.do("stty -a")
                return all(re.search(rb"[^-]" + name + rb"\\b", self.seen) for name in [b"icanon", b"echo", b"opost", b"isig"])
        def bash():
            os.environ["PS1"] = "<$?> "
            shell = Terminal("bash", "--norc", "-i")
            shell.until(rb"<0> $")
            shell.do("bind 'set enable-bracketed-paste off'")
            return shell
        def ended(pid, seconds):
            end = time.time() + seconds
            while time.time() < end:
                try:
                    if open(f"/proc/{pid}/stat").read().rsplit(")")[1].split()[0] == "Z": return True
                except OSError: return True
                time.sleep(0.05)
            return False

        """

    private static func check(_ harness: RunHarness, _ driver: String, _ expected: [String]) async throws {
        let ending = try await harness.host("python3 -c \"$1\"", [shell + driver], ["TERM": "xterm-256color"])
        let wanted = expected.map { "\($0) True\n" }.joined()
        #expect(ending.output == wanted, "\(harness.engine) \(ending.error)")
    }

    /// A program that stops itself, as editors and agents do at Ctrl-Z, stops the caller's job, and goes on with it.
    @Sendable static func suspended(_ harness: RunHarness) async throws {
        let driver = """
            for name in ["STOP", "TSTP"]:
                shell = bash()
                print(name, shell.stop(f"kill -{name} $$; echo on; stty size; read x; echo got $x; exit 5"))
                print("usable", shell.usable())
                shell.size(40, 120)
                shell.send("fg\\n")
                print("on", shell.until(rb"on\\r"))
                print("size", shell.until(rb"40 120"))
                shell.send("hello\\r")
                print("got", shell.until(rb"got hello\\r"))
                print("status", shell.until(rb"<5> $"))
            shell = bash()
            shell.stop("kill -STOP $$; sleep 100")
            shell.do("bg")
            print("background", shell.until(rb"Stopped", 5) or b"Stopped" in (shell.do("jobs"), shell.seen)[1])
            print("usable", shell.usable())
            shell.send("fg\\n"); time.sleep(1); shell.send("\\x1a")
            print("key", shell.until(rb"Stopped"))
            shell.until(rb"<148> $"); shell.send("fg\\n"); time.sleep(1); shell.send("\\x03")
            print("interrupted", shell.until(rb"<130> $"))
            """
        let each = ["usable", "on", "size", "got", "status"]
        try await check(
            harness, driver,
            ["STOP"] + each + ["TSTP"] + each + ["background", "usable", "key", "interrupted"])
    }

    /// Signals and a closed terminal end a stopped run; the shell's terminal stays as the shell wants it.
    @Sendable static func suspendedEndings(_ harness: RunHarness) async throws {
        let driver = """
            for number in [signal.SIGTERM, signal.SIGHUP]:
                shell = bash()
                print("stopped", shell.stop("kill -STOP $$; sleep 100"))
                job = shell.job()
                os.kill(job, number)
                print("ended", ended(job, 20))
                print("usable", shell.usable())
            shell = bash()
            print("stopped", shell.stop("kill -STOP $$; sleep 100"))
            job = shell.job()
            shell.do("kill %1")
            print("ended", ended(job, 20))
            print("usable", shell.usable())
            shell = bash()
            print("stubborn", shell.stop("trap \\"\\" TERM HUP; kill -STOP $$; sleep 100"))
            job = shell.job()
            os.close(shell.fd)
            print("closed", ended(job, 20))
            """
        let each = ["stopped", "ended", "usable"]
        try await check(harness, driver, each + each + each + ["stubborn", "closed"])
    }

    /// Without a shell that controls jobs the program goes on at once; a container that asks again and again is ignored.
    @Sendable static func unsuspended(_ harness: RunHarness) async throws {
        let driver = """
            alone = Terminal("sh", "-c", "exec " + RUN + "sh -c 'kill -STOP $$; kill -TSTP $$; echo on; exit 3'")
            print("on", alone.until(rb"on\\r"))
            alone.until(rb"nothing", 5)
            print("status", os.waitstatus_to_exitcode(os.waitpid(alone.pid, 0)[1]) == 3)
            flood = 'use Socket; while (1) { socket(my $s, PF_UNIX, SOCK_STREAM, 0); '
            flood += 'connect($s, pack_sockaddr_un("/run/opencode-terminal/job")) or next; push @s, $s; shift @s if @s > 50 }'
            open("flood", "w").write(flood)
            shell = bash()
            print("stopped", shell.stop("exec perl flood"))
            for attempt in range(5):
                shell.send("fg\\n")
                if shell.until(rb"again and again|<148> $", 5) and b"again and again" in shell.seen: break
            print("ignored", b"again and again" in shell.seen)
            shell.send("\\x03")
            print("interrupted", shell.until(rb"<130> $"))
            os.remove("flood")
            """
        try await check(harness, driver, ["on", "status", "stopped", "ignored", "interrupted"])
    }

    /// An interactive shell has jobs of its own, and ignores SIGTERM: it is killed after ten seconds.
    @Sendable static func interactive(_ harness: RunHarness) async throws {
        let driver = """
            shell = bash()
            shell.send("$PROGRAM shell --quiet --network none\\n")
            print("prompt", shell.until(rb"% "))
            time.sleep(0.5); shell.send("sleep 100\\r"); time.sleep(0.5); shell.send("\\x1a")
            print("inner job", shell.until(rb"suspended"))
            front = int(subprocess.run(["pgrep", "-P", str(shell.pid)], capture_output=True, text=True).stdout.split()[0])
            start = time.time()
            os.kill(front, signal.SIGTERM)
            print("killed", shell.until(rb"<137> $"))
            print("soon", time.time() - start < 25)
            print("usable", shell.usable())
            """
        try await check(harness, driver, ["prompt", "inner job", "killed", "soon", "usable"])
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Synchronization
import SystemPackage
import Testing

/// A container that keeps replacing a directory of its project by a link, while other containers start on it.
private struct Race {
    let harness: RunHarness

    private static let starts = 20
    private static let swaps = 1000

    /// Python for the container: it exchanges `sub` and a link to a directory of root until a file `stop` exists.
    private var attack: String {
        """
        python3 - <<'END'
        import ctypes, os
        libc = ctypes.CDLL(None)
        os.makedirs("sub", exist_ok=True); os.symlink("\(harness.directory)/outside", "link")
        swaps = 0
        while not os.path.exists("stop"):
            swaps += libc.renameat2(-100, b"sub", -100, b"link", 2) == 0
        print(swaps)
        END
        """
    }

    /// Runs `body` during the attack, which must have made its number of exchanges.
    private func attacked(_ body: () async throws -> Void) async throws {
        async let attacker = harness.inside(attack)
        try await Shell.must("until [ -e \"$1/link\" ]; do sleep 0.1; done", [harness.project.string])
        do { try await body() } catch {
            try await Shell.must("touch \"$1/stop\"", [harness.project.string])
            throw error
        }
        try await Shell.must("touch \"$1/stop\"", [harness.project.string])
        let ending = try await attacker
        let swaps = Int(ending.lastLine) ?? 0
        #expect(swaps >= Self.swaps, "\(harness.engine) \(swaps) exchanges: \(ending.error)")
    }

    /// Repeats starts until twenty containers ran: each of them sees the directory, or the start fails.
    func run() async throws {
        try await attacked {
            var (started, tried) = (0, 0)
            while started < Self.starts && tried < 50 * Self.starts {
                tried += 1
                let start = try await harness.inside(
                    "echo started; sudo cat /workspace/secret", "--project \(harness.project)/sub")
                #expect(!start.output.contains("canary"), "\(harness.engine) start \(tried)")
                if start.output == "started\n" { started += 1 }
            }
            #expect(started == Self.starts, "\(harness.engine) \(started) of \(tried) started")
        }
    }

    /// The control: checks the directory and passes its path to `mount`, until the secret is visible.
    func control(_ mount: (FilePath) async throws -> String) async throws {
        try await attacked {
            let place = harness.project.appending("sub")
            var lost = 0
            for _ in 0..<50 * Self.starts where lost == 0 {
                let look = try await Shell.run("[ -d \"$1\" ] && [ ! -L \"$1\" ]", [place.string])
                guard look.status == 0 else { continue }
                if try await mount(place).contains("canary") { lost += 1 }
            }
            #expect(lost > 0, "\(harness.engine)")
        }
    }
}

extension Race {
    /// The control on the embedded engine, with the machine's own files.
    func embeddedControl() async throws {
        let memory = FilePath(harness.variables["XDG_RUNTIME_DIR"] ?? "/dev/shm")
        let engine = try await EmbeddedEngine.find(scratch: memory.appending("scratch"))
        try await control { place in
            let plan = ContainerPlan(
                name: "control", lowerDirectories: ["/"], arguments: ["/bin/cat", "/mnt/secret"],
                mounts: [BindMount(source: place, target: "/mnt")], profile: .configureStep)
            let seen = Mutex("")
            _ = try? await engine.run(plan, output: .lines { lines in seen.withLock { $0 += lines.joined() } }) {
                _, _ in
            }
            return seen.withLock { $0 }
        }
    }

    /// The control on Docker, with the image that a start has loaded.
    func dockerControl(_ daemon: Daemon) async throws {
        try await control { place in
            let run = "docker run --rm -v \"$1:/mnt\" \"$(docker image ls -q | head -n 1)\" sudo cat /mnt/secret"
            return try await daemon.run(run, [place.string]).output
        }
    }
}

extension EndToEnd {
    /// The checked directory is the mounted one, even when a container replaces it at every moment of a start. The
    /// control runs, in which an engine mounts the checked path, fail.
    @Suite(.serialized)
    struct HostileRaceTests {
        private static let race = HostileCheck("Starts during the attack") { try await Race(harness: $0).run() }

        @Test("On the embedded engine")
        func embedded() async throws {
            try await RunHarness.with(Self.race.run)
        }

        @Test("On Docker, for root and for a launcher without permission to mount", .enabled(if: Daemon.isPossible))
        func docker() async throws {
            try await Daemon.with { daemon in
                for isOrdinary in [false, true] {
                    try await RunHarness.with(
                        engine: "docker", environment: daemon.environment, isOrdinary: isOrdinary, Self.race.run)
                }
            }
        }

        @Test("The control on the embedded engine fails")
        func embeddedControl() async throws {
            let control = HostileCheck("control") { try await Race(harness: $0).embeddedControl() }
            try await RunHarness.with(control.run)
        }

        @Test("The control on Docker fails", .enabled(if: Daemon.isPossible))
        func dockerControl() async throws {
            try await Daemon.with { daemon in
                let control = HostileCheck("control") { try await Race(harness: $0).dockerControl(daemon) }
                try await RunHarness.with(engine: "docker", environment: daemon.environment, control.run)
            }
        }
    }
}

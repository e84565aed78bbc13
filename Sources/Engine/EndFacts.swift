// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// What is known about the end of a container from outside of it.
package struct EndFacts: Hashable, Sendable {
    /// The exit status of the run.
    package var status: Int32
    /// The engine.
    package var engine: EngineKind
    /// The container's limits.
    package var limits: ResourceLimits
    /// The limits that it reached.
    package var events = LimitEvents()
    /// Whether the caller ended the run with a signal.
    package var isEndedByCaller = false
    /// Whether the engine was told to kill or stop the container.
    package var isKilledByEngine = false
    /// Whether the kernel killed a process of this machine meanwhile because memory ran out somewhere.
    package var hasMachineKilled = false
    /// A directory that the container writes to and whose file system is full.
    package var fullDirectory: FilePath?
    /// Whether the file system in memory with the container's other files is full.
    package var isMemoryFileSystemFull = false

    /// The facts of a container about which nothing else is known.
    package init(status: Int32, engine: EngineKind, limits: ResourceLimits) {
        (self.status, self.engine, self.limits) = (status, engine, limits)
    }

    /// The cause of a failure outside of the program, and the way out; `nil` when none is known.
    package var sentence: String? {
        guard status != 0, status != 130, !isEndedByCaller else { return nil }
        return certain ?? possible
    }

    private var certain: String? {
        if events.memory {
            let limit = limits.memory.map { " of \(Self.amount($0))" } ?? ""
            return "A program in the container was killed at the memory limit\(limit); `--memory` sets another one."
        }
        if events.machineMemory {
            return
                "A program in the container was killed because the machine's memory was full; end other programs first."
        }
        guard isKilledByEngine else { return nil }
        return
            "The container was ended from outside, as by `\(engine.rawValue) kill`; what it wrote in the project "
            + "is kept."
    }

    private var possible: String? {
        if events.processes {
            let limit = limits.pids.map { " of \($0) processes" } ?? ""
            return "The container reached the limit\(limit), which may be the cause; `--pids-limit` sets another one."
        }
        if let fullDirectory {
            return "The disk with '\(fullDirectory)' is full, which may be the cause; `df -h` shows its usage."
        }
        if isMemoryFileSystemFull {
            return """
                The container's files in memory have used up their space, which may be the cause; the project and the home \
                are on disk.
                """
        }
        if status == 143 {
            return
                "A program in the container was stopped, perhaps from outside (SIGTERM); what it wrote in the "
                + "project is kept."
        }
        guard status == 137 else { return nil }
        return hasMachineKilled
            ? "A program in the container was killed, perhaps because the machine's memory was full; `dmesg` shows it."
            : "A program in the container was killed, perhaps from outside (SIGKILL); what it wrote in the "
                + "project is kept."
    }

    /// A number of bytes in the notation of `--memory`.
    private static func amount(_ bytes: UInt64) -> String {
        for (shift, unit) in [(30, "g"), (20, "m"), (10, "k")] where bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)b"
    }
}

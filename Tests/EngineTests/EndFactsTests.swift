// SPDX-License-Identifier: Apache-2.0

import Engine
import Testing

/// The facts of one end, and the part of the sentence that is expected; `nil` for silence.
struct EndExample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let facts: EndFacts
    let says: String?

    init(_ description: String, _ status: Int32, says: String?, _ change: (inout EndFacts) -> Void = { _ in }) {
        var facts = EndFacts(status: status, engine: .podman, limits: ResourceLimits(pids: 64, memory: 4 << 30))
        change(&facts)
        (testDescription, self.facts, self.says) = (description, facts, says)
    }

    static let all = [
        EndExample("success", 0, says: nil) { $0.events = LimitEvents(memory: true, processes: true) },
        EndExample("a failed program", 1, says: nil),
        EndExample("Ctrl-C", 130, says: nil) { $0.events.memory = true },
        EndExample("a stop by the caller", 143, says: nil) { ($0.isEndedByCaller, $0.isKilledByEngine) = (true, true) },
        EndExample("the caller's kill after ten seconds", 137, says: nil) { $0.isEndedByCaller = true },
        EndExample("the memory limit", 137, says: "at the memory limit of 4g; `--memory`") { $0.events.memory = true },
        EndExample("an odd memory limit", 1, says: "limit of 6291457b;") {
            ($0.events.memory, $0.limits.memory) = (true, 6_291_457)
        },
        EndExample("a limit of the engine", 137, says: "at the memory limit; ") {
            ($0.events.memory, $0.limits.memory) = (true, nil)
        },
        EndExample("the machine's memory", 137, says: "the machine's memory was full; end") {
            $0.events.machineMemory = true
        },
        EndExample("docker kill", 137, says: "as by `podman kill`") {
            ($0.isKilledByEngine, $0.events.processes) = (true, true)
        },
        EndExample("the limit of processes", 254, says: "limit of 64 processes, which may be the cause; `--pids-limit`")
        {
            $0.events.processes = true
        },
        EndExample("a full disk", 1, says: "The disk with '/p' is full, which may") { $0.fullDirectory = "/p" },
        EndExample("full memory", 1, says: "used up their space, which may") { $0.isMemoryFileSystemFull = true },
        EndExample("SIGKILL", 137, says: "perhaps from outside"),
        EndExample("SIGTERM", 143, says: "stopped, perhaps from outside"),
        EndExample("SIGKILL, and the machine killed", 137, says: "perhaps because the machine's memory") {
            $0.hasMachineKilled = true
        },
    ]
}

@Suite struct EndFactsTests {
    @Test(arguments: EndExample.all)
    func theCauseIsNamed(example: EndExample) {
        let sentence = example.facts.sentence
        #expect((sentence == nil) == (example.says == nil), "\(sentence ?? "silence")")
        if let says = example.says { #expect(sentence?.contains(says) == true, "\(sentence ?? "silence")") }
    }

    @Test(arguments: [
        ("low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\n", LimitEvents(memory: true)),
        ("low 0\nhigh 0\nmax 0\noom 0\noom_kill 1\noom_group_kill 0\n", LimitEvents(machineMemory: true)),
        ("max 7\noom 3\noom_kill 0\n", LimitEvents()), ("", LimitEvents()), ("oom oom_kill", LimitEvents()),
    ])
    func onlyKillsCount(text: String, events: LimitEvents) {
        var read = LimitEvents()
        read.add(memoryEvents: text)
        #expect(read == events)
    }

    @Test(arguments: [("max 0\n", false), ("max 12\n", true), ("", false)])
    func refusedProcessesCount(text: String, isReached: Bool) {
        var read = LimitEvents()
        read.add(pidsEvents: text)
        #expect(read.processes == isReached)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Limits that a container reached, as its control groups count them (the kernel's
/// Documentation/admin-guide/cgroup-v2.rst, `memory.events` and `pids.events`; cgroup-v1/memory.rst).
package struct LimitEvents: Hashable, Sendable {
    /// Whether processes were killed at the container's memory limit.
    package var memory = false
    /// Whether processes were killed because memory ran out outside of the container's own limit.
    package var machineMemory = false
    /// Whether the kernel refused a process at the container's limit.
    package var processes = false

    /// No events.
    package init() {}

    /// Creates events from given values.
    package init(memory: Bool = false, machineMemory: Bool = false, processes: Bool = false) {
        (self.memory, self.machineMemory, self.processes) = (memory, machineMemory, processes)
    }

    /// Adds the counters of `memory.events`: `oom` counts the limit's own events, `oom_kill` any kill.
    package mutating func add(memoryEvents text: String) {
        guard Self.count("oom_kill", in: text) > 0 else { return }
        if Self.count("oom", in: text) > 0 { memory = true } else { machineMemory = true }
    }

    /// Adds the counters of `pids.events`.
    package mutating func add(pidsEvents text: String) {
        if Self.count("max", in: text) > 0 { processes = true }
    }

    /// The number behind `name` in a flat keyed file; 0 when there is none.
    package static func count(_ name: String, in text: String) -> Int {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard let place = words.firstIndex(where: { $0 == name }) else { return 0 }
        return words.dropFirst(place + 1).first.flatMap { Int($0) } ?? 0
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Synchronization
import SystemPackage

/// Remembers a container, to look afterwards for what it left.
package final class Ended: Sendable {
    private struct Trace {
        var identifier: String
        var pid: Int32
    }

    private let trace = Mutex<Trace?>(nil)

    /// Nothing to look for yet.
    package init() {}

    /// Keeps what tells the container from others.
    package func note(_ container: RunningContainer) {
        trace.withLock { $0 = Trace(identifier: container.id, pid: container.pid) }
    }

    /// Ephemeral means: no process, no state of the runtime, no control group, no mount, no folder.
    package func results(_ engine: EmbeddedEngine) -> [ProbeResult] {
        guard let trace = trace.withLock({ $0 }) else { return [] }
        let state = engine.scratch.appending("state").appending(trace.identifier)
        let container =
            (kill(trace.pid, 0) == 0 ? ["its first process runs"] : [])
            + (Files.exists(state) ? ["the runtime still knows it"] : [])
        let folder = engine.scratch.appending(trace.identifier)
        return [
            ProbeResult("end.container", .host, .list(container)),
            ProbeResult("end.cgroup", .host, .list(controlGroups(trace.identifier))),
            ProbeResult("end.mounts", .host, .list(mounts(trace.identifier))),
            ProbeResult("end.scratch", .host, .list(Files.exists(folder) ? [folder.string] : [])),
        ]
    }

    /// Groups of that name at the top of each hierarchy, and below the one of this process.
    private func controlGroups(_ identifier: String) -> [String] {
        let top = FilePath("/sys/fs/cgroup")
        let hierarchies = [top] + ((try? Files.list(top)) ?? []).map { top.appending($0) }
        return hierarchies.map { $0.appending(identifier) }.filter(Files.exists).map(\.string)
    }

    private func mounts(_ identifier: String) -> [String] {
        guard let bytes = try? Files.read("/proc/self/mountinfo", limit: 1 << 24) else { return ["unknown"] }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return lines.filter { $0.contains(identifier) }.compactMap { line in
            line.split(separator: " ").dropFirst(4).first.map(String.init)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Engine
import Synchronization

/// Remembers a container, to look afterwards for what it left.
package final class Ended: Sendable {
    private let trace = Mutex<ContainerTrace?>(nil)

    /// Nothing to look for yet.
    package init() {}

    /// Keeps what tells the container from others.
    package func note(_ container: any StartedContainer) {
        trace.withLock { $0 = container.trace }
    }

    /// Ephemeral means: no process, no state of the engine, no control group, no mount, no directory.
    package func results(_ engine: any ContainerEngine) async -> [ProbeResult] {
        guard let trace = trace.withLock({ $0 }) else { return [] }
        let remains = await engine.remains(of: trace)
        return [
            ProbeResult("end.container", .host, .list(remains.container)),
            ProbeResult("end.cgroup", .host, .list(remains.controlGroups)),
            ProbeResult("end.mounts", .host, .list(remains.mounts)),
            ProbeResult("end.scratch", .host, .list(remains.files)),
        ]
    }
}

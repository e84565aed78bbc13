// SPDX-License-Identifier: Apache-2.0

import Claims
import Engine
import Synchronization

/// Remembers a container, to look for its remains after its removal.
package final class Ended: Sendable {
    private let trace = Mutex<ContainerTrace?>(nil)

    /// Creates a record without a container.
    package init() {}

    /// Records the identity of the container.
    package func note(_ container: any StartedContainer) {
        trace.withLock { $0 = container.trace }
    }

    /// Returns the remains of the container: processes, engine state, control groups, mounts, directories.
    package func results(_ engine: any ContainerEngine) async -> [ProbeResult] {
        guard let trace = trace.withLock({ $0 }) else { return [] }
        let remains = await engine.remains(of: trace)
        return [
            ProbeResult(.end(.container), .host, .list(remains.container)),
            ProbeResult(.end(.cgroup), .host, .list(remains.controlGroups)),
            ProbeResult(.end(.mounts), .host, .list(remains.mounts)),
            ProbeResult(.end(.scratch), .host, .list(remains.files)),
        ]
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension EmbeddedEngine: ContainerEngine {
    /// The embedded engine.
    package var kind: EngineKind { .embedded }

    /// The runtime, and facts of the machine.
    package var facts: [String: String] {
        let kernel = (try? Files.read("/proc/sys/kernel/osrelease", limit: 256)) ?? []
        let own = [
            "engine": "embedded", "runtime": runtime.name, "runtime version": runtime.version,
            "control groups": host.cgroups.rawValue, "limits": host.limits(of: kind),
            "rootless": host.rootless ? "yes" : "no",
            "kernel": String(decoding: kernel.filter { $0 > 32 }, as: UTF8.self),
        ]
        return own.merging(emulation.map { ["platform": "\($0)"] } ?? [:]) { first, _ in first }
    }

    /// `withContainer` through the `ContainerEngine` protocol.
    ///
    /// - Throws: `EngineError`, `FileError`, and what `body` throws.
    package func launch<Result>(
        _ plan: ContainerPlan, _ body: (any StartedContainer) async throws -> Result
    ) async throws -> Result {
        try await withContainer(plan) { try await body($0) }
    }

    /// The resolver configuration of an open network.
    package func ownMounts(_ plan: ContainerPlan) -> [String] {
        plan.profile.network == .full && !plan.mounts.contains { $0.target == "/etc/resolv.conf" }
            ? ["/etc/resolv.conf:ro"] : []
    }

    /// Checks the runtime's state and this machine.
    package func remains(of trace: ContainerTrace) async -> ContainerRemains {
        var remains = ContainerRemains()
        if kill(trace.pid, 0) == 0 { remains.container.append("its first process runs") }
        if Files.exists(state.appending(trace.identifier)) {
            remains.container.append("the runtime still knows it")
        }
        remains.controlGroups = ControlGroups.named { $0 == trace.identifier }
        remains.mounts = OwnMounts.mentioning(trace.identifier)
        let directory = scratch.appending(trace.identifier)
        remains.files = Files.exists(directory) ? [directory.string] : []
        return remains
    }
}

extension RunningContainer: StartedContainer {
    /// The upper directory of the overlay.
    package func written() async -> FilePath? { upper }

    /// Empty: there is no daemon to query.
    package func record() async throws -> [UInt8] { [] }
}

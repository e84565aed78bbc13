// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import Engine
import OCI
import SystemPackage

/// Runs the configure program over the unpacked layers, in a container without network.
struct ConfigureStep {
    let engine: EmbeddedEngine
    let store: Store
    /// The machine whose programs are run.
    let platform: Platform
    let witness: ConfigureWitness

    /// Runs it and gives the upper directory, with everything that it changed, to `harvest` before it is gone.
    ///
    /// - Throws: `BuildError.scriptFailed`, `.configureFailed`; what the engine and `harvest` throw.
    func run<Result: Sendable>(
        over layers: [CutLayer], progress: @escaping ProgressSink,
        harvest: @escaping @Sendable (FilePath) throws -> Result
    ) async throws -> Result {
        let step = "configure"
        if let emulation = try Emulation.find(for: platform, scratch: engine.scratch) {
            progress(.note("The packages' scripts are for \(emulation): that takes minutes."))
        }
        let file = store.root.appending("logs").appending("configure-\(platform.architecture).log")
        let log = ConfigureLog(step: step, file: file, witness: witness, progress: progress)
        progress(.began(step: step, total: nil, unit: .items))
        let result = try await engine.run(plan(over: layers), output: .lines { log.add($0) }) { upper, status in
            guard status == 0 else { throw log.error(status: status) }
            try witness.look(at: upper)
            return try harvest(upper)
        }
        progress(.ended(step: step, summary: "\(log.configured) packages"))
        return result
    }

    private func plan(over layers: [CutLayer]) -> ContainerPlan {
        ContainerPlan(
            name: "configure-\(Files.uniqueSuffix())", lowerDirectories: layers.map(\.tree),
            arguments: ["/.opencode-docker/configure"], environment: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
            workingDirectory: "/", hostname: "opencode", userID: 0, groupID: 0, additionalGroups: [], terminal: false,
            mounts: [], profile: .configureStep, labels: [:])
    }
}

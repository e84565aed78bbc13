// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension EmbeddedEngine {
    /// Mounts the root file system of `plan`, connects its network and writes its `config.json` for the duration of
    /// `body`.
    func withScratch<Result>(
        _ plan: ContainerPlan, _ body: (ContainerScratch) async throws -> Result
    ) async throws -> Result {
        guard plan.profile.limits.isEmpty || host.limitsApply || host.rootless else {
            throw EngineError.limitsUnavailable
        }
        let scratch = try ContainerScratch(for: plan, below: self.scratch, rootless: host.rootless)
        // Without a guard, the next engine cleans up after a kill.
        let cleanup = try? CleanupGuard(scratch, runtime: runtime, state: state)
        defer {
            remove(scratch)
            cleanup?.dismiss()
        }
        guard plan.profile.network == .full else {
            try configure(plan, scratch, network: nil)
            return try await body(scratch)
        }
        let namespace = try await ConnectedNamespace(try UserNetwork.find(), scratch)
        defer { namespace.stop() }
        try configure(withResolver(plan, scratch), scratch, network: namespace.path)
        return try await body(scratch)
    }

    /// The plan with a `resolv.conf` for the network helper, unless the plan mounts one.
    private func withResolver(_ plan: ContainerPlan, _ scratch: ContainerScratch) -> ContainerPlan {
        let target = "/etc/resolv.conf"
        guard !plan.mounts.contains(where: { $0.target == target }) else { return plan }
        var plan = plan
        plan.mounts.append(BindMount(source: scratch.resolverFile, target: target, noExec: true))
        return plan
    }

    private func configure(_ plan: ContainerPlan, _ scratch: ContainerScratch, network: FilePath?) throws {
        let configuration = try RuntimeConfiguration.json(
            for: plan, rootPath: scratch.rootPath, host: host, identifier: scratch.identifier, networkNamespace: network
        )
        // The file contains the values of environment variables.
        try Files.write(configuration, to: scratch.configuration, mode: [.ownerReadWrite])
    }

    /// Ends the remaining processes of a container, then removes its directory.
    private func remove(_ scratch: ContainerScratch) {
        if Files.exists(state.appending(scratch.identifier)) {
            _ = try? runtimeCall(command(["delete", "--force", scratch.identifier], log: scratch.runtimeLog)).run()
        }
        ConnectedNamespace.endHelper(scratch.networkProcessFile, of: scratch.network)
        scratch.remove()
    }

    /// Ends processes that were still starting: the network helper writes its PID last, and a runtime continues without
    /// the launcher.
    private static func endProcesses(withAnyOf arguments: [String]) {
        for number in ((try? Files.list("/proc")) ?? []).compactMap({ pid_t($0) }) where number > 1 {
            guard let bytes = try? Files.read(FilePath("/proc/\(number)/cmdline"), limit: 1 << 16) else { continue }
            let words = bytes.split(separator: 0)
            if words.contains(where: { word in arguments.contains { word.elementsEqual($0.utf8) } }) {
                kill(number, SIGKILL)
            }
        }
    }

    /// Ends the containers of killed engines and removes their directories from the scratch directory.
    ///
    /// - Returns: The names of these containers.
    /// - Throws: `FileError`.
    @discardableResult
    package func reap() throws -> [String] {
        let left = try ContainerScratch.left(below: scratch)
        for one in left {
            Self.endProcesses(withAnyOf: [one.network.string, one.bundle.string])
            remove(one)
        }
        return left.map(\.identifier)
    }
}

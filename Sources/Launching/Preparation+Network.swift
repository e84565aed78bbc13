// SPDX-License-Identifier: Apache-2.0

import Engine
import Glibc

extension Preparation {
    /// The network of a container with an open network, and a warning about missing isolation; `nil` for other
    /// profiles.
    ///
    /// - Throws: `EngineError`.
    func openNetwork(
        _ dialect: CommandLineDialect, _ container: ContainerPlan, _ console: LaunchConsole
    ) async throws -> OpenNetwork? {
        guard container.hasOpenNetwork else { return nil }
        // Rootless Podman would end with status 126.
        if dialect == .podman, getuid() != 0, access("/dev/net/tun", R_OK | W_OK) != 0 {
            let reason = errno == ENOENT ? "there is no /dev/net/tun" : "this user may not open /dev/net/tun"
            throw EngineError.networkFailed(helper: "podman", reason: reason)
        }
        let engine = try CommandLineEngine.unasked(dialect, environment: engineEnvironment)
        let network = try await OpenNetwork(for: container.name, on: engine, isRootless: getuid() != 0)
        if let warning = network.warning { console.warn(warning) }
        return network
    }

    /// The network for a printed command line: Docker's shared one, which is permanent.
    func lastingNetwork(
        _ dialect: CommandLineDialect, _ container: ContainerPlan
    ) -> String? {
        dialect == .docker && container.hasOpenNetwork ? OpenNetwork.sharedName : nil
    }
}

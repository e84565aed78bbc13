// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Run
import SystemPackage

extension Caller {
    /// The environment of an engine's program, without tokens.
    var engineEnvironment: [String: String] {
        variables.filter { name, _ in !Forge.allCases.contains { $0.variables.contains(name) } }
    }

    /// Returns whether `engine` mounts by path instead of trees assembled from handles.
    func mountsByPath(_ engine: EngineKind) -> Bool { !StagedTrees.isPossible() || !sharesMountNamespace(engine) }

    /// Whether the engine resolves mounts in this process's mount namespace: it is a child, or a daemon beside it.
    private func sharesMountNamespace(_ engine: EngineKind) -> Bool {
        guard engine == .docker else { return true }
        let address = EngineAddress(.docker, environment: engineEnvironment)
        guard let socket = address.socket, let daemon = UnixSocket.peer(of: FilePath(socket)) else { return false }
        let own = try? Files.target(of: "/proc/self/ns/mnt")
        return own != nil && own == (try? Files.target(of: FilePath("/proc/\(daemon)/ns/mnt")))
    }
}

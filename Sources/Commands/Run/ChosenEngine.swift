// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Run
import SystemPackage

extension Surroundings {
    /// The engine that was asked for, or the first that is there: Docker, Podman, this program itself.
    ///
    /// - Throws: `RunError.unusable` for a variable with another value.
    func chooseEngine(_ option: EngineOption?) throws -> EngineKind {
        let named = variable("OPENCODE_DOCKER_ENGINE")
        let fromVariable = try named.map { text in
            guard let choice = EngineOption(rawValue: text) else {
                throw RunError.unusable(
                    option: "OPENCODE_DOCKER_ENGINE", value: text, expected: "auto, docker, podman or embedded")
            }
            return choice
        }
        switch option ?? fromVariable ?? .auto {
        case .docker: return .docker
        case .podman: return .podman
        case .embedded: return .embedded
        case .auto: return isDockerThere ? .docker : isPodmanThere ? .podman : .embedded
        }
    }

    /// Whether there is a command line and something behind it. Nothing is asked: that would take as long as a start.
    var isDockerThere: Bool {
        guard ChildProcess.find("docker", path: variable("PATH")) != nil else { return false }
        if variable("DOCKER_HOST") != nil || variable("DOCKER_CONTEXT") != nil { return true }
        return access("/var/run/docker.sock", W_OK) == 0
    }

    /// The environment for an engine's own program: without tokens, which are none of its business.
    var engineEnvironment: [String: String] {
        environment.filter { name, _ in !Forge.allCases.contains { $0.variables.contains(name) } }
    }

    private var isPodmanThere: Bool { ChildProcess.find("podman", path: variable("PATH")) != nil }

    /// Whether the Docker that is spoken to looks like one without root: its socket is the user's.
    var isDockerRootless: Bool { variable("DOCKER_HOST")?.contains("/run/user/") ?? false }
}

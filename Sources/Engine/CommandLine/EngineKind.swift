// SPDX-License-Identifier: Apache-2.0

/// An engine that builds and runs images.
package enum EngineKind: String, CaseIterable, Sendable, Codable {
    /// This program with runc or crun.
    case embedded
    /// The `docker` command line and the daemon it is configured for (contexts, `DOCKER_HOST`).
    case docker
    /// The `podman` command line.
    case podman
}

/// The supported command lines; they share nearly all options.
package enum CommandLineDialect: String, CaseIterable, Sendable, Codable {
    case docker
    case podman

    /// The corresponding kind of engine.
    package var kind: EngineKind {
        switch self {
        case .docker: .docker
        case .podman: .podman
        }
    }

    /// The program's name.
    package var program: String { rawValue }
}

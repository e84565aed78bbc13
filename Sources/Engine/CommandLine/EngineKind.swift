// SPDX-License-Identifier: Apache-2.0

/// What can build and run an image.
package enum EngineKind: String, CaseIterable, Sendable, Codable {
    /// This program itself, with runc or crun.
    case embedded
    /// The `docker` command line, wherever it leads (contexts, `DOCKER_HOST`).
    case docker
    /// The `podman` command line.
    case podman
}

/// The command lines that are spoken to; they share nearly every word.
package enum CommandLineDialect: String, CaseIterable, Sendable, Codable {
    case docker
    case podman

    /// The same among all engines.
    package var kind: EngineKind {
        switch self {
        case .docker: .docker
        case .podman: .podman
        }
    }

    /// The program's name.
    package var program: String { rawValue }
}

// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Chooses an engine when `--engine` does not: the only place that detects installed engines.
package struct EngineChooser: Sendable {
    private let environment: [String: String]

    /// Creates a chooser.
    ///
    /// - Parameter environment: The caller's environment, which selects the address of Docker's daemon.
    package init(environment: [String: String]) { self.environment = environment }

    /// The order in which engines are tried.
    package enum Preference: Sendable {
        /// No daemon unless needed, and the same digest everywhere: for building and verifying.
        case embeddedFirst
        /// The engine with the user's images and containers, and without root: for running.
        case daemonFirst
        /// The engines that can load a finished image.
        case loading

        var order: [EngineKind] {
            switch self {
            case .embeddedFirst: [.embedded, .docker, .podman]
            case .daemonFirst: [.docker, .podman, .embedded]
            case .loading: [.docker, .podman]
            }
        }
    }

    /// The chosen engine.
    package struct Found: Sendable {
        /// The kind of engine.
        package let kind: EngineKind
        /// The reason for an automatic choice.
        package let reason: String?
    }

    /// The chosen engine, or the first installed one.
    ///
    /// - Throws: `EngineError.noRuntime` when there is none.
    package func find(_ chosen: EngineKind?, _ preference: Preference) async throws -> Found {
        if let kind = chosen { return Found(kind: kind, reason: nil) }
        var passed: [EngineError] = []
        for kind in preference.order {
            do {
                try await check(kind)
                return Found(
                    kind: kind,
                    reason: (passed.map(\.sentence) + ["`--engine` chooses another one."]).joined(separator: " "))
            } catch let missing as EngineError { passed.append(missing) }
        }
        throw passed.first { $0.isAboutRuntimes } ?? passed.first ?? .noRuntime(tried: [])
    }

    /// Looks for a program and its daemon's address. The daemon is not contacted, which would take as long as a start.
    private func check(_ kind: EngineKind) async throws {
        switch kind {
        case .embedded: _ = try await OCIRuntime.find(cgroups: HostFacts.current().cgroups)
        case .docker:
            guard isInstalled(.docker) else { throw EngineError.engineMissing(.docker) }
            let address = EngineAddress(.docker, environment: environment)
            guard !address.isChosen, let socket = address.socket, access(socket, W_OK) != 0 else { return }
            throw errno == EACCES ? EngineError.engineDenied(.docker) : .engineDown(.docker)
        case .podman: guard isInstalled(.podman) else { throw EngineError.engineMissing(.podman) }
        }
    }

    private func isInstalled(_ dialect: CommandLineDialect) -> Bool {
        CommandLineEngine.isInstalled(dialect, environment: environment)
    }
}

extension EngineError {
    fileprivate var isAboutRuntimes: Bool { if case .noRuntime = self { true } else { false } }
}

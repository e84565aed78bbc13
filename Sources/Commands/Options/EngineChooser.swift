// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Engine
import Glibc
import SystemPackage

/// What `--engine` takes.
enum EngineOption: String, ExpressibleByArgument, CaseIterable {
    case auto, embedded, docker, podman

    /// The engine that is meant; `nil` is the first that is there.
    var kind: EngineKind? { EngineKind(rawValue: rawValue) }
}

/// Finds the engine where none was asked for: the one place that knows when an engine is there.
struct EngineChooser {
    let environment: CommandEnvironment

    /// Which engines are tried, the best one first.
    enum Preference {
        /// No daemon where none is needed, and the same digest everywhere: for building and proving.
        case embeddedFirst
        /// What the user has images and containers in already, and what works without root: for running.
        case daemonFirst
        /// Where a finished image can be loaded.
        case loading

        var order: [EngineKind] {
            switch self {
            case .embeddedFirst: [.embedded, .docker, .podman]
            case .daemonFirst: [.docker, .podman, .embedded]
            case .loading: [.docker, .podman]
            }
        }
    }

    /// What was found.
    struct Found {
        let kind: EngineKind
        /// Why it is this one, where nobody asked for it.
        let reason: String?
    }

    /// The engine that was asked for, or the first one that is there.
    ///
    /// - Throws: `EngineError.noRuntime` when there is none at all.
    func find(_ option: EngineOption?, _ preference: Preference) async throws -> Found {
        if let kind = option?.kind { return Found(kind: kind, reason: nil) }
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

    /// Looks for a program and for a way to its daemon. Daemons are not asked: that would take as long as a start.
    private func check(_ kind: EngineKind) async throws {
        switch kind {
        case .embedded: _ = try await OCIRuntime.find(cgroups: HostFacts.current().cgroups)
        case .docker:
            guard isInstalled(.docker) else { throw EngineError.engineMissing(.docker) }
            let address = EngineAddress(.docker, environment: environment.variables)
            guard address.isChosen || address.socket.map({ access($0, W_OK) == 0 }) ?? true else {
                throw EngineError.engineDown(.docker)
            }
        case .podman: guard isInstalled(.podman) else { throw EngineError.engineMissing(.podman) }
        }
    }

    private func isInstalled(_ dialect: CommandLineDialect) -> Bool {
        CommandLineEngine.isInstalled(dialect, environment: environment.variables)
    }
}

extension EngineError {
    fileprivate var isAboutRuntimes: Bool { if case .noRuntime = self { true } else { false } }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Engine
import Glibc

/// Which engine is used.
struct EngineOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            What runs containers: embedded (runc or crun, no daemon), docker or podman; without it, the first of these \
            that is there. [environment: OPENCODE_DOCKER_ENGINE]
            """, valueName: "engine"))
    var engine: EngineKind?

    /// The engine that was asked for, or the first one that works here.
    ///
    /// - Throws: `CommandError.unknownEngine`, `EngineError`.
    func choose(_ surroundings: Surroundings) async throws -> EngineChoice {
        if let engine = try engine ?? surroundings.variable("OPENCODE_DOCKER_ENGINE").map(Self.kind) {
            return try await Self.choice(engine, surroundings, because: nil)
        }
        do { _ = try await OCIRuntime.find(cgroups: HostFacts.current().cgroups) } catch let missing as EngineError {
            let present = [EngineKind.docker, .podman].first { kind in
                kind.dialect.map { CommandLineEngine.isInstalled($0, environment: surroundings.environment) } ?? false
            }
            guard let present else { throw missing }
            return try await Self.choice(present, surroundings, because: missing)
        }
        return EngineChoice(commandLine: nil, reason: nil)
    }

    private static func kind(_ name: String) throws(CommandError) -> EngineKind {
        guard let kind = EngineKind(rawValue: name) else { throw .unknownEngine(name) }
        return kind
    }

    private static func choice(
        _ kind: EngineKind, _ surroundings: Surroundings, because reason: EngineError?
    ) async throws -> EngineChoice {
        guard let dialect = kind.dialect else { return EngineChoice(commandLine: nil, reason: nil) }
        let engine = try await CommandLineEngine.find(dialect, environment: surroundings.environment)
        return EngineChoice(commandLine: engine, reason: reason?.sentence)
    }
}

/// The engine that is used.
struct EngineChoice: Sendable {
    /// Docker or Podman; `nil` is the embedded engine.
    let commandLine: CommandLineEngine?
    /// Why it is not the embedded one, when nobody asked for another.
    let reason: String?

    /// The one line that says what was chosen; the embedded engine tells of itself.
    var note: String? {
        guard let commandLine else { return nil }
        let name = "\(commandLine.dialect.program) \(commandLine.version) (\(commandLine.program))"
        return reason.map { "Engine: \(name). \($0) `--engine` chooses another one." } ?? "Engine: \(name)."
    }

    /// Runs the program anew where files can have other owners, unless that has happened or is not needed: root has
    /// that already; an ordinary user gets it from Podman, when that is the engine, for its containers live there.
    func enterNamespace(_ surroundings: Surroundings) throws {
        guard let commandLine else { return try PrivateNamespace.enter(surroundings) }
        guard geteuid() != 0 else { return }
        guard commandLine.dialect == .podman else { return try PrivateNamespace.enter(surroundings) }
        guard !PrivateNamespace.isEntered(environment: surroundings.environment) else { return }
        try PrivateNamespace.reexecute(
            through: [commandLine.program.string, "unshare", "--"], arguments: CommandLine.arguments,
            environment: surroundings.environment)
    }
}

extension EngineKind: ExpressibleByArgument {
    /// The command line that leads to it; the embedded engine has none.
    var dialect: CommandLineDialect? {
        switch self {
        case .embedded: nil
        case .docker: .docker
        case .podman: .podman
        }
    }
}

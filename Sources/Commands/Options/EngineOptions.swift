// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Engine
import Glibc

/// The choice of the engine.
struct EngineOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            The engine that runs containers: embedded (runc or crun, no daemon), docker or podman; auto, the default, \
            takes the first available one. [environment: OPENCODE_DOCKER_ENGINE]
            """, valueName: "engine"))
    var engine: EngineOption?

    /// The engine of the option, or the first one that works here.
    ///
    /// - Throws: `EngineError`.
    func choose(_ environment: CommandEnvironment) async throws -> EngineChoice {
        let found = try await EngineChooser(environment: environment).find(engine, .embeddedFirst)
        guard let dialect = found.kind.dialect else { return EngineChoice(commandLine: nil, reason: nil) }
        let engine = try await CommandLineEngine.find(dialect, environment: environment.variables)
        return EngineChoice(commandLine: engine, reason: found.reason)
    }
}

/// The chosen engine.
struct EngineChoice: Sendable {
    /// Docker or Podman; `nil` is the embedded engine.
    let commandLine: CommandLineEngine?
    /// Why the embedded engine was not chosen automatically.
    let reason: String?

    /// One line about the choice; the embedded engine reports itself.
    var note: String? {
        guard let commandLine else { return nil }
        let name = "\(commandLine.dialect.program) \(commandLine.version) (\(commandLine.program))"
        return ["Engine: \(name).", reason].compactMap(\.self).joined(separator: " ")
    }

    /// Re-executes the program in a namespace where files can have other owners, unless that has happened; root needs
    /// none. For an ordinary user's own engine it is the namespace of that engine's containers, because they can be
    /// inspected only from there.
    func enterNamespace(_ environment: CommandEnvironment) throws {
        guard let commandLine else { return try PrivateNamespace.enter(environment) }
        guard geteuid() != 0, !PrivateNamespace.isEntered(environment: environment.variables) else { return }
        let address = EngineAddress(commandLine.dialect, environment: environment.variables)
        switch (commandLine.dialect, address.userDaemon) {
        case (.podman, _):
            try PrivateNamespace.reexecute(
                through: [commandLine.program.string, "unshare", "--"], package: "podman",
                arguments: CommandLine.arguments, environment: environment.variables)
        case (.docker, let daemon?):
            try PrivateNamespace.reexecute(
                through: ["/usr/bin/nsenter", "--user", "--preserve-credentials", "--mount", "--target", "\(daemon)"]
                    + ["--wdns=\(try Files.target(of: "/proc/self/cwd"))", "--"], package: "util-linux",
                arguments: CommandLine.arguments, environment: environment.variables)
        case (.docker, nil): try PrivateNamespace.enter(environment)
        }
    }
}

extension EngineKind {
    /// The dialect of the command line; the embedded engine has none.
    var dialect: CommandLineDialect? {
        switch self {
        case .embedded: nil
        case .docker: .docker
        case .podman: .podman
        }
    }
}

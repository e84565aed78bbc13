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
            What runs containers: embedded (runc or crun, no daemon), docker or podman; auto, or without it, the first \
            of these that is there. [environment: OPENCODE_DOCKER_ENGINE]
            """, valueName: "engine"))
    var engine: EngineOption?

    /// The engine that was asked for, or the first one that works here.
    ///
    /// - Throws: `EngineError`.
    func choose(_ environment: CommandEnvironment) async throws -> EngineChoice {
        let found = try await EngineChooser(environment: environment).find(engine, .embeddedFirst)
        guard let dialect = found.kind.dialect else { return EngineChoice(commandLine: nil, reason: nil) }
        let engine = try await CommandLineEngine.find(dialect, environment: environment.variables)
        return EngineChoice(commandLine: engine, reason: found.reason)
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
        return ["Engine: \(name).", reason].compactMap(\.self).joined(separator: " ")
    }

    /// Runs the program anew where files can have other owners, unless that has happened or is not needed: root has
    /// that already. For an ordinary user it is where the engine's containers live, when the engine is the user's own:
    /// only there they can be looked at.
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
    /// The command line that leads to it; the embedded engine has none.
    var dialect: CommandLineDialect? {
        switch self {
        case .embedded: nil
        case .docker: .docker
        case .podman: .podman
        }
    }
}

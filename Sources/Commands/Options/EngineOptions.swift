// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Engine

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
        let found = try await EngineChooser(environment: environment.variables)
            .find(engine?.kind, .embeddedFirst)
        guard let dialect = found.kind.dialect else { return EngineChoice(commandLine: nil, reason: nil) }
        let engine = try await CommandLineEngine.find(dialect, environment: environment.variables)
        return EngineChoice(commandLine: engine, reason: found.reason)
    }
}

/// The values of `--engine`.
enum EngineOption: String, ExpressibleByArgument, CaseIterable {
    case auto, embedded, docker, podman

    /// The kind of engine; `nil` for the first installed one.
    var kind: EngineKind? { EngineKind(rawValue: rawValue) }
}

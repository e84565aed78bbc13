// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Run

extension Preparation {
    /// The output of a dry run: the engine's command line, the embedded engine's `config.json`, or the whole plan.
    /// Tokens and the ssh-agent proxy exist only during a run, so the command line does not contain them.
    ///
    /// - Parameter asDocument: Whether the output is the whole plan as JSON.
    /// - Throws: `EngineError`, `FileError`.
    package func printedPlan(asDocument: Bool) async throws -> String {
        let container = plan.container(of: image.execution, trees: image.trees, isPrinted: true)
        let words: [String]?
        if let dialect = plan.engine.dialect { words = try await commandLine(dialect, container) } else { words = nil }
        let shown = withoutCallerValues(container)
        if asDocument {
            return try LaunchPlanDocument(
                plan, environment: shown.environment, credentials: credentials.lines, call: words
            ).text()
        }
        if let words { return words.map(ShellWord.quote).joined(separator: " ") }
        let bytes = try RuntimeConfiguration.json(
            for: shown, rootPath: "rootfs", host: try .current(), identifier: container.name)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func commandLine(_ dialect: CommandLineDialect, _ container: ContainerPlan) async throws -> [String] {
        let id = try await image.expectedIdentifier(in: dialect, environment: engineEnvironment)
        var settings = try settings(dialect, image: id, .arguments(fromClient: callerNames), writing: false)
        settings.networkName = lastingNetwork(dialect, container)
        return [dialect.program] + (try EngineArguments(dialect).run(container, settings))
    }
}

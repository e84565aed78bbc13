// SPDX-License-Identifier: Apache-2.0

import Core
import Engine

extension Preparation {
    /// The status of a run whose container the engine could not start for a known reason, which is reported; `nil` for
    /// another end. The client prints its own message on the caller's terminal, where it is not read, and ends with
    /// status 125 or 126, which programs can use as well.
    ///
    /// - Throws: `EngineError` when the engine's program or its image has vanished.
    func explain(
        _ status: Int32, _ dialect: CommandLineDialect, _ observer: EndObserver, _ console: LaunchConsole
    ) async throws -> Int32? {
        let variables = engineEnvironment
        guard status == 125 || status == 126, !observer.hasStarted(dialect, environment: variables) else { return nil }
        let engine = try CommandLineEngine.unasked(dialect, environment: variables)
        let id = try await identifier(dialect, forgetting: false, console)
        do { try await engine.tryStart(of: id) } catch let error as EngineError {
            console.warn([error.sentence, error.hint].compactMap(\.self).joined(separator: " "))
            return error.exitStatus.rawValue
        }
        return nil
    }
}

// SPDX-License-Identifier: Apache-2.0

import Engine
import Run

extension PrivateNamespace {
    /// Re-executes the program in a private namespace, unless that has happened; returns only inside one.
    static func enter(_ environment: CommandEnvironment) throws {
        guard !isEntered(environment: environment.variables) else { return }
        let variables = environment.variables.merging(TerminalJob.variables) { $1 }
        try reexecute(arguments: CommandLine.arguments, environment: variables)
    }
}

extension EngineChoice {
    /// Re-executes the program in the namespace that the engine needs, unless that has happened.
    func enterNamespace(_ environment: CommandEnvironment) throws {
        try enterNamespace(arguments: CommandLine.arguments, environment: environment.variables)
    }
}

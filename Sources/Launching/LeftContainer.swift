// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc

/// A container that may outlive the client of its engine: Docker's ends as soon as nobody reads its output, or its disk
/// is full, and the container runs on.
struct LeftContainer {
    private let dialect: CommandLineDialect
    private let name: String
    private let environment: [String: String]

    init(_ dialect: CommandLineDialect, _ name: String, _ environment: [String: String]) {
        (self.dialect, self.name, self.environment) = (dialect, name, environment)
    }

    /// Ends the container by `remove`. While the engine does not answer, the container may run, so its guard stays.
    func end(_ effects: LaunchEffects, _ console: LaunchConsole, by remove: () -> Void) {
        for attempt in 0..<10 {
            switch isRunning {
            case false?: return
            case true?:
                if attempt == 0 {
                    console.warn("The client of \(dialect.program) ended before the container, which is removed")
                }
                remove()
            case nil: usleep(500_000)
            }
        }
        effects.abandon()
        console.warn(
            "\(dialect.program) does not answer, so the container may still run: until the next run here, its repositories "
                + "stay guarded, also against `git config`")
    }

    /// Whether it runs; `nil` when the engine does not answer.
    private var isRunning: Bool? {
        let filters = ["name=^\(name)$", "status=running", "status=paused"].flatMap { ["--filter", $0] }
        return ExternalProgram.output(
            of: dialect.program, ["ps", "--all", "--quiet"] + filters, environment: environment
        ).map { !$0.isEmpty }
    }
}

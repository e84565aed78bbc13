// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Stages, modules and subcommands share names")
struct StageTests {
    @Test("Each module of the third floor has a subcommand and a file of the same name")
    func stages() throws {
        let table = ModuleTable(markdown: try Repository.text("docs/architecture.md"))
        let stages = table.rows.filter { $0.floor == "third" }.map(\.module)
        #expect(stages.count > 3)
        for stage in stages {
            let command = try Repository.text("Sources/Commands/\(stage)/\(stage)Command.swift")
            #expect(command.contains("commandName: \"\(stage.lowercased())\""), "\(stage)")
        }
    }

    @Test("Each directory of Commands is a subcommand, with a file of its name")
    func verbs() throws {
        let shared: Set = ["Console", "Environment", "Options"]
        for directory in try Repository.directories(in: "Sources/Commands") where !shared.contains(directory) {
            let command = try Repository.text("Sources/Commands/\(directory)/\(directory)Command.swift")
            #expect(command.contains("commandName: \""), "\(directory)")
        }
    }
}

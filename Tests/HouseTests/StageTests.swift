// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("One stage, one word")
struct StageTests {
    @Test("Each module of the third floor is a subcommand of its name, in a file of its name")
    func stages() throws {
        let table = ModuleTable(markdown: try Repository.text("docs/architecture.md"))
        let stages = table.rows.filter { $0.floor == "third" }.map(\.module)
        #expect(stages.count > 3)
        for stage in stages {
            let command = try Repository.text("Sources/Commands/\(stage)/\(stage)Command.swift")
            #expect(command.contains("commandName: \"\(stage.lowercased())\""), "\(stage)")
        }
    }
}

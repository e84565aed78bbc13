// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Run
import Testing

@Suite("The command that starts the agent of an image")
struct AgentCommandTests {
    /// The output of the command, and its status, in an image of which `$1/agent` is the agent's path.
    private func run(_ options: [String], _ setUp: String) throws -> String {
        try Fixture.directory { directory in
            let words = AgentCommand.words(options).map {
                $0.replacing(AgentCommand.file, with: "\(directory)/agent")
                    .replacing("exec /usr/local/libexec/opencode-docker/shell", with: "exec echo a shell")
            }
            let program = "printf '#!/bin/sh\\nprintf \"<%%s>\" \"$@\"\\n' > \"$1/opencode\"; chmod +x \"$1/opencode\""
            let command = words.map(ShellWord.quote).joined(separator: " ")
            let script =
                "\(program); echo \"$1/opencode\" > \"$1/agent\"; \(setUp); \(command) 2>&1 && s=0 || s=$?; echo \" $s\""
            return try Fixture.shell(script, directory.string).replacing(directory.string, with: "")
        }
    }

    @Test(
        "The agent gets the options as they are",
        arguments: [([], "<> 0\n"), (["-c"], "<-c> 0\n"), (["-s", "a b", "$x", ""], "<-s><a b><$x><> 0\n")])
    func options(options: [String], output: String) throws {
        #expect(try run(options, "true") == output)
    }

    @Test(
        "Without an agent a shell starts, unless options are for one",
        arguments: [
            ([], "rm \"$1/agent\"", "a shell\n 0\n"), (["-c"], "rm \"$1/agent\"", " 127\n"),
            ([], "rm \"$1/opencode\"", "is gone.\n 127\n"), (["-c"], "rm \"$1/opencode\"", "is gone.\n 127\n"),
        ])
    func missing(options: [String], setUp: String, ending: String) throws {
        let output = try run(options, setUp)
        #expect(output.hasSuffix(ending) && output.hasPrefix("opencode-docker: "), "\(output)")
    }
}

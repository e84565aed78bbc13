// SPDX-License-Identifier: Apache-2.0

import Engine
import SystemPackage
import TestSupport
import Testing

@Suite("The variables of the user's process alone")
struct UserVariablesTests {
    @Test(
        "The command gets them behind the entrypoint, which does not",
        arguments: [
            "PATH=/x", "LD_PRELOAD=/no", "PERL5OPT=-Mx", "BASH_ENV=/x", "ENV=/x", "IFS=/", "A=one\ntwo'\\\"$(id)",
            "HOME=/x", "A=",
        ])
    func command(variable: String) throws {
        var plan = ContainerPlan(
            name: "c", lowerDirectories: ["/t"], arguments: ["/entry", "-x", "/usr/bin/env", "-0"],
            environment: ["PATH=/bin"], profile: HardeningProfile(name: "strict"))
        plan = plan.givingVariables(in: "/host/file", behind: 2)
        #expect(plan.environment == ["PATH=/bin"])
        #expect(plan.arguments.prefix(2) == ["/entry", "-x"])
        #expect(plan.mounts.last?.source == "/host/file" && plan.mounts.last?.target == UserVariables.target)
        let script = String(decoding: try VariableScript.text([variable], for: .embedded), as: UTF8.self)
        let words = plan.arguments.dropFirst(2).map { $0.replacing(UserVariables.target, with: "./script") }
        let shell =
            "printf '%s' \(ShellWord.quote(script)) > script; exec \(words.map(ShellWord.quote).joined(separator: " "))"
        let seen = try withTemporaryDirectory { try ShellLine.run(shell, in: $0) }
        #expect(String(decoding: seen, as: UTF8.self).split(separator: "\0").contains { $0 == variable })
    }

    @Test("A name that a shell does not export is refused", arguments: ["a.b=1", "1A=1", "BASH_FUNC_x%%=() { :; }"])
    func names(variable: String) {
        let name = String(variable.prefix { $0 != "=" })
        #expect(throws: EngineError.variableNotPassed(name, .docker)) {
            try VariableScript.text([variable], for: .docker)
        }
        #expect(throws: EngineError.unusableVariable("=1")) { try VariableScript.text(["=1"], for: .docker) }
    }
}

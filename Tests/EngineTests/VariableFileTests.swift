// SPDX-License-Identifier: Apache-2.0

import Engine
import SystemPackage
import TestSupport
import Testing

@Suite("A container's variables in an --env-file")
struct VariableFileTests {
    static let long = "A=" + String(repeating: "x", count: 1 << 15)

    @Test(
        "Variables that a line can represent",
        arguments: [
            ("A=1", true), ("A=", true), ("A= b ", true), ("A=# b", true), ("A='x' \"y\" $z \\ `w`", true),
            ("A=b=c", true),
            ("a.b=1", true), ("A=é", true), ("A=\u{FEFF}", true), ("A=one\ntwo", false), ("A=one\r", false),
            ("A=one\r\ntwo", false), ("A=\r.", true), ("A=\n", false), ("#A=1", false), (" A=1", false),
            ("A B=1", false),
            ("A\u{A0}=1", false), (long, false),
        ] as [(String, Bool)])
    func lines(variable: String, isLine: Bool) throws {
        let file = try VariableFile([variable])
        #expect(file.others == (isLine ? [] : [variable]))
        let first = "# variables of a container\n"
        #expect(String(decoding: file.lines, as: UTF8.self) == first + (isLine ? "\(variable)\n" : ""))
    }

    @Test("The shell script preserves the other variables", arguments: ["one\ntwo\n", "'\n\"$(id)`\\", "\r", "\n\n"])
    func script(value: String) throws {
        let script = try #require(try VariableFile.shellScript(["A=1", "B=\(value)"], for: .docker))
        let text = String(decoding: script, as: UTF8.self)
        let shell = "printf '%s' \(ShellWord.quote(text)) > script; exec dash -c '. ./script; printf %s \"$B$A\"'"
        let seen = try withTemporaryDirectory { try ShellLine.run(shell, in: $0) }
        #expect(String(decoding: seen, as: UTF8.self) == value)
    }

    @Test("A script is written only for such values, and then requires valid shell names")
    func names() throws {
        #expect(try VariableFile.shellScript(["A=1", "a.b=2"], for: .docker) == nil)
        #expect(throws: EngineError.variableNotPassed("a.b", .podman)) {
            try VariableFile.shellScript(["A=1\n2", "a.b=2"], for: .podman)
        }
        #expect(throws: EngineError.variableNotPassed("a.b", .docker)) {
            try VariableFile.shellScript(["a.b=1\n2"], for: .docker)
        }
    }

    @Test("A plan with a script starts the same program")
    func plan() throws {
        let plan = ContainerPlan(
            name: "demo", lowerDirectories: [], arguments: ["/bin/entry", "a b"], environment: ["A=1", "B=1\n2"],
            profile: HardeningProfile(name: "test"))
        let reading = try plan.reading("/dev/shm/x")
        #expect(reading.environment == ["A=1"])
        #expect(reading.arguments.first == "/bin/sh" && reading.arguments.suffix(2) == ["/bin/entry", "a b"])
        #expect(reading.mounts.map(\.target) == [ContainerPlan.variablesTarget])
        #expect(reading.mounts.filter { !$0.readOnly }.isEmpty)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Run
import Testing

@Suite("The caller's variables for the coding agent")
struct AgentVariablesTests {
    private func variables(_ names: [String], chosen: Set<String> = [], _ texts: String...) -> AgentVariables {
        AgentVariables(
            of: .openCode, environment: Dictionary(names.map { ($0, "s3cret") }) { $1 }, chosen: chosen,
            configurations: texts.map { Array($0.utf8) })
    }

    @Test(
        "Settings arrive, keys and proxies are named",
        arguments: [
            ("OPENCODE_PERMISSION", true, false), ("OPENCODE_CONFIG_CONTENT", true, false),
            ("OPENCODE_DISABLE_LSP_DOWNLOAD", true, false), ("OPENCODE_DISABLE_AUTOUPDATE", false, false),
            ("OPENCODE_CONFIG", false, false), ("OPENCODE_CONFIG_DIR", false, true), ("OPENCODE_API_KEY", false, true),
            ("ANTHROPIC_API_KEY", false, true), ("OPENAI_API_KEY", false, true), ("https_proxy", false, true),
            ("NO_PROXY", false, true), ("OPENCODE_DOCKER_STORE", false, false), ("OPENCODE_UID", false, false),
            ("PATH", false, false), ("AWS_SECRET_ACCESS_KEY", false, false), ("OPENCODE", false, false),
        ])
    func sorted(name: String, isPassed: Bool, isNamed: Bool) {
        let found = variables([name, "HOME"])
        #expect(found.passed == (isPassed ? [name] : []) && found.withheld == (isNamed ? [name] : []))
        #expect((found.remark?.contains("\(name). To provide one: `--env \(name)`") ?? false) == isNamed)
        #expect(found.remark?.contains("s3cret") != true)
        let chosen = variables([name], chosen: [name])
        #expect(chosen.passed.isEmpty && chosen.withheld.isEmpty)
        let empty = AgentVariables(of: .openCode, environment: [name: ""], chosen: [], configurations: [])
        #expect(empty.passed.isEmpty && empty.withheld.isEmpty)
    }

    @Test("References of the caller's configuration are named when they are set")
    func references() {
        let text = "{\"a\": \"{env:MY_KEY}\", \"b\": \"x{env:OTHER}{env:UNSET} {env:}\", \"c\": \"{env:A B}{env:"
        #expect(variables(["MY_KEY", "OTHER", "A"], text, "{env:MY_KEY}").withheld == ["MY_KEY", "OTHER"])
        #expect(variables(["MY_KEY"], "{}").withheld.isEmpty)
        let many = variables((0..<12).map { "OPENCODE_\($0)" })
        #expect(many.remark?.contains(" and 4 more") == true)
    }
}

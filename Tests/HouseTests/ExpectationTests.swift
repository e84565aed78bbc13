// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Every test can fail")
struct ExpectationTests {
    /// Here the cases are values with the function that contains the expectation, which a search for names does not
    /// find.
    static let byValue: Set<String> = ["Tests/CommandsIntegrationTests/RunTests.swift"]

    @Test("Each test has an expectation, directly or through a function of its target")
    func repository() throws {
        for target in try Repository.directories(in: "Tests") {
            let files = try Repository.swiftFiles(below: "Tests/\(target)").map { ($0, try Repository.text($0)) }
            for (file, line) in Self.withoutExpectation(files) where !Self.byValue.contains(file) {
                Issue.record("\(file):\(line): this test expects nothing")
            }
        }
    }

    @Test(
        "The scanner finds violations",
        arguments: [
            ("@Test func a() {\n  run()\n}\n", [1]), ("@Test func a() {\n  #expect(true)\n}\n", []),
            (
                "@Test(arguments: [1])\nfunc a(b: Int) throws {\n  try check(b)\n}\nfunc check(_ b: Int) {\n  #expect(b == 1)\n}\n",
                []
            ),
            ("@Test func a() {\n  one()\n}\nfunc one() { two() }\nfunc two() {\n  Issue.record(\"\")\n}\n", []),
            ("@Test func a() {\n  func b() {\n  }\n  #expect(true)\n}\n", []),
            ("@Test func a() {\n  // #expect(true)\n  _ = \"#expect(true)\"\n}\n", [1]),
        ])
    func scanner(source: String, lines: [Int]) {
        #expect(Self.withoutExpectation([("file", source)]).map(\.line) == lines)
    }

    private struct Function {
        let name: String
        let isTest: Bool
        let body: String
        let file: String
        let line: Int
    }

    static func withoutExpectation(_ files: [(name: String, text: String)]) -> [(file: String, line: Int)] {
        let all = files.flatMap { functions(of: $0.text, in: $0.name) }
        var expecting = Set(all.filter { expects($0.body) }.map(\.name))
        while true {
            let more = all.filter { !expecting.contains($0.name) && calls($0.body, expecting) }
            if more.isEmpty { break }
            expecting.formUnion(more.map(\.name))
        }
        return all.filter { $0.isTest && !expects($0.body) && !calls($0.body, expecting) }.map { ($0.file, $0.line) }
    }

    private static func expects(_ code: String) -> Bool {
        ["#expect", "#require", "Issue.record", "confirmation("].contains { code.contains($0) }
    }

    private static func calls(_ code: String, _ names: Set<String>) -> Bool {
        code.matches(of: #/\b(\w+)\(|\b(\w+) \{/#.wordBoundaryKind(.simple)).contains {
            names.contains(String($0.1 ?? $0.2 ?? ""))
        }
    }

    /// Functions and initialisers with their bodies, without the line of their name.
    private static func functions(of source: String, in file: String) -> [Function] {
        let blanked = BlankedSource(source)
        let lines = blanked.lines
        return FunctionScanner(blanked).functions().map { function in
            let code = lines[(function.line - 1)..<min(lines.count, function.line - 1 + function.length)]
            // Its attributes: the lines above it up to an empty line, or one that opens or closes a block.
            let head = lines[..<(function.line - 1)].reversed().prefix {
                !$0.contains("{") && !$0.contains("}") && !$0.allSatisfy { $0 == " " }
            }
            let name = code.first?.firstMatch(of: #/\b(?:func|var) `?(\w+)/#).map { String($0.1) } ?? "init"
            let first = code.first.flatMap { line in line.firstIndex(of: "{").map { String(line[$0...]) } } ?? ""
            let isTest =
                code.first?.contains("func ") == true && (head + code.prefix(1)).contains { $0.contains("@Test") }
            return Function(
                name: name, isTest: isTest, body: first + "\n" + code.dropFirst().joined(separator: "\n"), file: file,
                line: function.line)
        }
    }
}

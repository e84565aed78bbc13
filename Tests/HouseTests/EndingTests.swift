// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("The process ends in one place")
struct EndingTests {
    /// Flushes the output, and skips libraries' exit handlers while threads still run.
    private static let place = "Sources/Commands/Program.swift"
    private static let programs = ["Sources/Probe/", "Sources/Forwarder/"]

    @Test("Only Program.finish calls exit(3) or _exit(2), apart from signal handlers and programs in a container")
    func repository() throws {
        for file in try Repository.swiftFiles(below: "Sources")
        where !Self.programs.contains(where: file.hasPrefix) && file != Self.place {
            for line in Self.endings(try Repository.text(file)) { Issue.record("\(file):\(line): call Program.finish") }
        }
        #expect(!Self.endings(try Repository.text(Self.place)).isEmpty)
    }

    @Test(
        "The scanner finds violations",
        arguments: [
            ("exit(1)\n", [1]), ("\nif true { Glibc.exit(0) }\n", [2]), ("_exit(2)\n", [1]),
            ("action.handler = { _ in\n_exit(75)\n}\n", []), ("// exit(1)\nlet a = \"exit(1)\"\n", []),
            ("OpencodeDocker.exit(withError: error)\n", [1]), ("finish(exitCode(for: error))\n", []),
        ])
    func scanner(source: String, lines: [Int]) { #expect(Self.endings(source) == lines) }

    private static func endings(_ source: String) -> [Int] {
        var isHandler = false
        return BlankedSource(source).lines.enumerated().compactMap { index, code in
            isHandler = isHandler ? !code.contains("}") : code.contains("handler = {")
            return !isHandler && code.contains(/(?:^|\W)_?exit\(/) ? index + 1 : nil
        }
    }
}

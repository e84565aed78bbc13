// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Unchecked concurrency is justified in comments")
struct ConcurrencyTests {
    @Test("Each @unchecked Sendable and nonisolated(unsafe) has a comment", arguments: ["Sources", "Tests"])
    func repository(directory: String) throws {
        for file in try Repository.swiftFiles(below: directory) {
            for line in Self.unproved(try Repository.text(file)) {
                Issue.record("\(file):\(line): say in a comment above why this is safe")
            }
        }
    }

    @Test(
        "The scanner finds violations",
        arguments: [
            ("final class A: @unchecked Sendable {}\n", [1]),
            ("/// Guarded by a lock.\nfinal class A: @unchecked Sendable {}\n", []),
            ("/// A.\n@frozen\nstruct A: @unchecked Sendable {}\n", []),
            ("let a = 1\nnonisolated(unsafe) let b = 2\n", [2]),
            ("// \"@unchecked Sendable\"\nlet text = \"@unchecked Sendable\"\n", []),
        ])
    func scanner(source: String, lines: [Int]) { #expect(Self.unproved(source) == lines) }

    static func unproved(_ source: String) -> [Int] {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false).map { $0.drop { $0 == " " } }
        return BlankedSource(source).lines.enumerated().compactMap { index, code in
            guard code.contains("@unchecked Sendable") || code.contains("nonisolated(unsafe)") else { return nil }
            return lines[..<index].last { !$0.hasPrefix("@") }?.hasPrefix("//") == true ? nil : index + 1
        }
    }
}

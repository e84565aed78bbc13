// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Every case of every user-facing error is reviewed")
struct ErrorReviewTests {
    @Test("Every case of every error enum is in Tests/CommandsTests/Errors")
    func everyCase() throws {
        let reviews = try Repository.swiftFiles(below: "Tests/CommandsTests/Errors").map(Repository.text).joined()
        for file in try Repository.swiftFiles(below: "Sources") {
            for (name, cases) in Self.errors(in: try Repository.text(file)) {
                for one in cases where !reviews.contains(try Regex("\(name)\\.\(one)\\b")) {
                    Issue.record("\(file): \(name).\(one) is not in Tests/CommandsTests/Errors")
                }
            }
        }
    }

    @Test("Cases are found")
    func scanner() {
        let found = Self.errors(
            in: """
                package enum AError: Error, Hashable {
                    /// case no
                    case one
                    case two(String), three

                    enum Inner { case four }
                }
                enum B: String { case five }
                """)
        #expect(found.map(\.name) == ["AError"])
        #expect(found.first?.cases == ["one", "two", "three"])
    }

    /// The top-level enums named …Error of a file, with their cases.
    static func errors(in source: String) -> [(name: String, cases: [String])] {
        var found: [(name: String, cases: [String])] = []
        for line in BlankedSource(source).lines {
            if let match = line.firstMatch(of: #/^(?:package )?enum (\w+Error): /#) {
                found.append((String(match.1), []))
            } else if line.hasPrefix("}"), found.last?.cases.isEmpty == false {
                found.append(("", []))
            } else if line.hasPrefix("    case "), found.last?.name.isEmpty == false {
                let names = line.dropFirst(9).replacing(#/\([^)]*\)/#, with: "").split(separator: ",")
                found[found.count - 1].cases += names.map {
                    String($0.drop { $0 == " " }.prefix { $0 != " " && $0 != "=" })
                }
            }
        }
        return found.filter { !$0.name.isEmpty }
    }
}

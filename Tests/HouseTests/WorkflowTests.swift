// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The workflows have access to the release's key: actions are pinned, and get only the permissions that they need.
@Suite("Workflows run pinned actions with minimal permissions") struct WorkflowTests {
    private static let names = ["ci.yml", "nightly.yml", "release.yml"]

    private static func lines(_ name: String) throws -> [String] {
        try Repository.text(".github/workflows/\(name)").split(separator: "\n").map(String.init)
    }

    @Test("The list of workflows is complete")
    func all() throws {
        let directory = Repository.root.appending(path: ".github/workflows")
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == Self.names)
    }

    @Test("Actions are pinned by commit, with the version in a comment", arguments: names)
    func pinned(name: String) throws {
        let uses = try Self.lines(name).filter { $0.contains("uses:") }
        #expect(!uses.isEmpty)
        for line in uses { #expect(line.contains(/uses: [\w.\/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/), "\(line)") }
    }

    @Test("The token has only explicit permissions, and is not stored in a file", arguments: names)
    func permissions(name: String) throws {
        let lines = try Self.lines(name)
        let mark = try #require(lines.firstIndex { $0.hasPrefix("permissions:") })
        #expect(lines[mark] == "permissions: {}" || lines[mark + 1] == "  contents: read")
        let checkouts = lines.count { $0.contains("uses: actions/checkout@") }
        #expect(lines.count { $0.contains("persist-credentials: false") } == checkouts)
        #expect(lines.contains { $0.contains("timeout-minutes:") })
    }

    @Test("User input reaches a script only through the environment", arguments: names)
    func scripts(name: String) throws {
        for line in try Self.lines(name) where line.contains("run:") { #expect(!line.contains("${{"), "\(line)") }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import ImageDefinition
import SystemPackage
import Testing

@Suite struct MovingTests {
    private static let file = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("image/image.yaml")
    private static let new = ["linux/amd64": Digest(of: [1]), "linux/arm64": Digest(of: [2])]

    private func moved(_ text: String) throws -> String {
        try ImageDefinition.movingProgram("opencode", in: text, file: "f.yaml", to: "2.0.1", Self.new)
    }

    @Test("only the pins change, in the project's own definition")
    func minimal() throws {
        let text = try ImageDefinition.text(Self.file)
        let old = try ImageDefinition(parsing: text, file: "f")
        let changed = try moved(text)
        let definition = try ImageDefinition(parsing: changed, file: "f")
        let agent = try #require(definition.agent)
        #expect(agent.version == "2.0.1")
        #expect(agent.artifacts.mapValues(\.sha256) == Self.new)
        #expect(agent.artifacts.values.allSatisfy { $0.url.contains("/v2.0.1/") })
        #expect(definition.packages == old.packages)
        let lines = zip(text.split(separator: "\n"), changed.split(separator: "\n")).filter { $0 != $1 }
        #expect(lines.count == 3)
        #expect(lines.first?.1 == "  version: 2.0.1")
        let before = try #require(old.agent)
        // Changed back, it is identical byte for byte.
        let back = try ImageDefinition.movingProgram(
            "opencode", in: changed, file: "f", to: before.version, before.artifacts.mapValues(\.sha256))
        #expect(back == text)
    }

    @Test(
        "quotes, comments, line ends and non-ASCII letters are preserved",
        arguments: [
            ("  version: 1.18.21", "  version: \"1.18.21\"   # ünïcödé 🎈", "  version: \"2.0.1\"   # ünïcödé 🎈"),
            ("  version: 1.18.21", "  version: '1.18.21'", "  version: '2.0.1'"),
            ("  version: 1.18.21", "  \"version\": 1.18.21 # 1.18.21", "  \"version\": 2.0.1 # 1.18.21"),
        ])
    func spelling(_ old: String, _ written: String, _ expected: String) throws {
        let text = try ImageDefinition.text(Self.file).replacing(old, with: written)
        #expect(text.contains(written))
        #expect(try moved(text).contains(expected))
        let windows = text.replacing("\n", with: "\r\n")
        #expect(try moved(windows) == moved(text).replacing("\n", with: "\r\n"))
    }

    @Test(
        "values that cannot be changed in place are refused, with their position",
        arguments: [
            ("v{version}/opencode-linux-arm64", "v1.18.21/opencode-linux-arm64", "{version}"),
            ("  version: 1.18.21", "  version: &v 1.18.21", "written"),
            ("  version: 1.18.21", "  version: >-\n    1.18.21", "written"),
        ])
    func refused(_ old: String, _ new: String, _ says: String) throws {
        let text = try ImageDefinition.text(Self.file).replacing(old, with: new)
        _ = try ImageDefinition(parsing: text, file: "f.yaml")
        let error = #expect(throws: DefinitionError.self) { try moved(text) }
        #expect(error?.sentence.hasPrefix("f.yaml:1") == true)
        #expect(error?.sentence.contains(says) == true, "\(error?.sentence ?? "")")
        #expect(error?.exitStatus == .usage)
    }

    @Test("the new version is validated", arguments: ["", "1", "1.2.3-rc1", "1.2.3\n", "v1.2.3", "01.2.3"])
    func version(_ version: String) throws {
        let text = try ImageDefinition.text(Self.file)
        #expect(throws: DefinitionError.self) {
            try ImageDefinition.movingProgram("opencode", in: text, file: "f", to: version, [:])
        }
    }
}

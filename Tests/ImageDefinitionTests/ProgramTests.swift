// SPDX-License-Identifier: Apache-2.0

import Core
import ImageDefinition
import SystemPackage
import Testing

@Suite("The programs of a definition") struct ProgramTests {
    private static let agent = """
          - name: opencode
            agent: true
            version: 1.18.21
            form: tar
            path: /usr/local/bin/opencode
            artifacts:
              linux/amd64:
                url: https://github.com/anomalyco/opencode/releases/download/v{version}/opencode-linux-x64.tar.gz
                sha256: d910c3ed7613bb5791a328904615d41cc25b7d3a6b470e3199ab0426a995b38a
              linux/arm64:
                url: https://github.com/anomalyco/opencode/releases/download/v{version}/opencode-linux-arm64.tar.gz
                sha256: d30d2cba74617f4e7b96e25563c9572ffe453f9eae70fc0df16286813537ee72

        """
    private static let pins = """
            artifacts:
              linux/amd64: {url: "https://example.org/v{version}/x64", sha256: \(Digest(of: [1]).hex)}
              linux/arm64: {url: "https://example.org/v{version}/arm64", sha256: \(Digest(of: [2]).hex)}

        """
    private static let node = """
          - name: node
            version: 24.22.3
            license: MIT
            homepage: https://nodejs.org
            cpe: nodejs:node.js
            form: tar.xz
            strip: 1
            to: /opt/node
            links: [bin/node, bin/npm]
            copyright: LICENSE

        """ + pins
    private static let tool = """
          - name: tool
            version: 2026.11
            form: file
            date: 2026-11-30
            path: /usr/local/bin/tool

        """ + pins

    /// The project's definition with these programs in place of `agent:`.
    private static func text(_ programs: String...) throws -> String {
        let text = try imageText()
        let range = try #require(text.firstRange(of: "\nagent:\n"))
        return text[..<range.lowerBound] + "\nprograms:\n" + programs.joined()
    }

    private static func load(_ programs: String...) throws -> [ProgramDefinition] {
        try ImageDefinition(parsing: text(programs.joined()), file: "image.yaml").programs
    }

    @Test("The definition of 1.0.0 has the inputs that its locks name, with `agent:` and reworded as `programs:`")
    func firstVersion() throws {
        let file = FilePath(#filePath).removingLastComponent().removingLastComponent()
            .pushing("house/versions/1.0.0/image.yaml")
        let old = try ImageDefinition.load(file)
        let inputs = try Digest("sha256:3eb7b51a4ee01ee02a7c9e3fc81a78344e54d3b2854fdc5d67016d5e07d660ad")
        #expect(old.inputsDigest == inputs)
        let agent = try #require(old.agent)
        #expect(old.programs == [agent])
        let reworded = try #require(Self.load(Self.agent).first)
        #expect(
            reworded.placement == agent.placement
                && reworded.placement == .file(path: "/usr/local/bin/opencode", mode: 0o755))
        #expect(reworded.artifacts == agent.artifacts && reworded.version == agent.version && reworded.isAgent)
        #expect(reworded.origin == agent.origin && reworded.copyright == nil)
    }

    @Test("The agent is the last one, the others are in the order of the file; their pins count as inputs")
    func order() throws {
        let programs = try Self.load(Self.agent, Self.tool, Self.node)
        #expect(programs.map(\.name) == ["tool", "node", "opencode"])
        #expect(programs.map(\.command) == ["/usr/local/bin/tool", "/usr/local/bin/node", "/usr/local/bin/opencode"])
        #expect(programs[0].form == .file(date: 1_795_996_800))
        #expect(programs[1].placement == .tree(directory: "/opt/node", strip: 1, links: ["bin/node", "bin/npm"]))
        #expect(
            programs[1].ownPaths == [
                "/opt/node", "/usr/local/bin/node", "/usr/local/bin/npm", "/usr/share/doc/node/copyright",
            ])
        let alone = try ImageDefinition(parsing: Self.text(Self.agent), file: "f")
        let more = try ImageDefinition(parsing: Self.text(Self.agent, Self.node), file: "f")
        let placed = try ImageDefinition(
            parsing: Self.text(Self.agent, Self.node.replacing("/opt/node", with: "/usr/local/lib/node")), file: "f")
        #expect(more.inputsDigest != alone.inputsDigest && placed.inputsDigest == more.inputsDigest)
        let none = try Self.text().replacing("\nprograms:\n", with: "\nprograms: []\n")
        #expect(try ImageDefinition(parsing: none, file: "f").programs.isEmpty)
    }

    @Test(
        "Mistakes are reported with their line",
        arguments: [
            (node + node, "'node' is in 'programs' twice"),
            (agent + agent.replacing("code\n", with: "coda\n"), "twice"),
            (node.replacing("/opt/node", with: "/opt"), "it must be /opt/node, /usr/local/lib/node"),
            (node.replacing("/opt/node", with: "/opt/nodes"), "'/opt/nodes' cannot be"),
            (node.replacing("/opt/node", with: "/opt/node/../x"), "cannot be"),
            (node.replacing("bin/npm", with: "lib/node"), "'/usr/local/bin/node' is in"),
            (node.replacing("bin/npm", with: "../npm"), "a path of the release"),
            (node.replacing("tar.xz", with: "zip"), "one of tar, tar.gz, tar.xz, file"),
            (node + tool.replacing("bin/tool", with: "bin/npm"), "'/usr/local/bin/npm' is in 'programs' twice"),
            (
                node.replacing("    links: [bin/node, bin/npm]\n", with: "    links: []\n    agent: true\n"),
                "ends in 'node'"
            ),
            (node.replacing("version: 24.22.3", with: "version: v24"), "a version such as"),
            (node.replacing("linux/arm64", with: "linux/arm"), "The key 'linux/arm' is not known here"),
            (tool.replacing("    date: 2026-11-30\n", with: ""), "The key 'programs.date' is missing"),
            (tool.replacing("2026-11-30", with: "2026-13-30"), "the day of the release"),
            (tool.replacing("/usr/local/bin/tool", with: "/usr/bin/tool"), "a path in /usr/local/bin"),
            (tool.replacing("    path:", with: "    links: [a]\n    path:"), "left out beside 'path'"),
            (tool.replacing("    path:", with: "    copyright: a\n    path:"), "left out for a bare file"),
        ])
    func refused(_ programs: String, _ says: String) throws {
        let first = try Self.text("").split(separator: "\n", omittingEmptySubsequences: false).count
        let error = try #require(throws: DefinitionError.self) { try Self.load(programs) }
        #expect(error.sentence.contains(says), "\(error.sentence)")
        let line = try #require(error.place?.line)
        #expect(line >= first, "\(error.sentence)")
    }

    @Test("The example of the documentation adds Node and uv to the project's agent")
    func example() throws {
        let file = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .pushing("docs/examples/programs.yaml")
        let text = try imageText()
        let agent = try #require(text.firstRange(of: "\nagent:\n"))
        let example = try ImageDefinition(
            parsing: text[..<agent.lowerBound] + "\n" + ImageDefinition.text(file), file: "image.yaml")
        #expect(example.programs.map(\.name) == ["node", "uv", "opencode"])
        let old = try ImageDefinition(parsing: text, file: "image.yaml").agent
        #expect(example.agent?.artifacts == old?.artifacts && example.agent?.placement == old?.placement)
        #expect(example.agent?.version == old?.version)
    }

    @Test("Both keys at once are an error")
    func bothKeys() throws {
        let text = try imageText() + "\nprograms: []\n"
        let error = #expect(throws: DefinitionError.self) { try ImageDefinition(parsing: text, file: "image.yaml") }
        #expect(error?.sentence.contains("'agent: true' where both keys are") == true)
    }

    @Test("The pins of one program are changed in the text, and nothing else")
    func moved() throws {
        let text = try Self.text(Self.agent, Self.node)
        let digests = ["linux/amd64": Digest(of: [8]), "linux/arm64": Digest(of: [9])]
        let changed = try ImageDefinition.movingProgram("node", in: text, file: "f", to: "26.0.0", digests)
        let expected = text.replacing("24.22.3", with: "26.0.0").replacing(
            Digest(of: [1]).hex, with: Digest(of: [8]).hex
        )
        .replacing(Digest(of: [2]).hex, with: Digest(of: [9]).hex)
        #expect(changed == expected)
        #expect(throws: DefinitionError.self) {
            try ImageDefinition.movingProgram("uv", in: text, file: "f", to: "1.0.0", [:])
        }
    }
}

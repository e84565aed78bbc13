// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

@Suite("The copy of the caller's configuration of the agent")
struct CallerConfigurationTests {
    private static let owner = ContainerUser(
        caller: (geteuid() == 0 ? 4321 : geteuid(), getegid()), owner: (4321, 4321), image: (1000, 1000))

    /// The contents of the copy and its remarks: `secret` is in no project, `p` is one.
    private func copy(_ script: String) throws -> (files: String, remarks: [String]) {
        try Fixture.directory { directory in
            let setUp = """
                cd "$1"; mkdir -p h/.config/opencode p/agents p/dots secret home; echo canary > secret/id
                echo own > p/agents/own.md; \(script)
                """
            try Fixture.shell(setUp, directory.string)
            let target = directory.pushing("home/opencode")
            let remarks = try AgentFiles.copyConfiguration(
                [DirectoryCopy(source: directory.pushing("h/.config/opencode"), target: target)],
                to: StateDirectory(path: directory), owner: Self.owner,
                written: WrittenTrees([directory.appending("p")]))
            let files = try Fixture.shell(
                "cd \"$1\"; find . ! -type d | sort | head -20; find . -type f -exec cat {} + | head -c 1000",
                directory.appending("home").string)
            return (files, remarks.map { $0.replacing(directory.string, with: "") })
        }
    }

    @Test(
        "A link that a container created is never followed, whatever link of the caller leads to it",
        arguments: [
            ("ln -s ../../../p/agents h/.config/opencode/agent; rm -r p/agents; ln -s ../secret p/agents", "/p/agents"),
            ("ln -s ../../../p/agents h/.config/opencode/agent; ln -s ../../secret/id p/agents/x.md", "/p/agents/x.md"),
            ("ln -s ../../../p/dots/x h/.config/opencode/opencode.json; ln -s ../../secret/id p/dots/x", "/p/dots/x"),
            ("rm -r h/.config; ln -s ../p/dots h/.config; ln -s ../../secret p/dots/opencode", "/p/dots/opencode"),
            ("rm -r h/.config; ln -s ../p/dots/c h/.config; ln -s ../../secret p/dots/c", "/p/dots/c"),
            ("rm -r h/.config; ln -s ../p/dots h/.config; ln -s nowhere p/dots/opencode", "/p/dots/opencode"),
            (
                "ln -s p via; ln -s ../../../via/agents/../dots/x h/.config/opencode/a; ln -s ../../secret p/dots/x",
                "/p/dots/x"
            ),
        ])
    func links(script: String, place: String) throws {
        let (files, remarks) = try copy(script)
        #expect(!files.contains("canary"))
        #expect(
            remarks.count == 1 && remarks[0].hasPrefix("'\(place)' is a symbolic link where containers write"),
            "\(remarks)")
    }

    @Test(
        "The caller's own links are followed",
        arguments: [
            ("ln -s ../../../p/agents h/.config/opencode/agent", "./opencode/agent/own.md\nown\n"),
            ("mkdir d; echo mine > d/f; ln -s ../../../d h/.config/opencode/d", "./opencode/d/f\nmine\n"),
            ("rm -r h/.config; mv p/agents p/dots/opencode; ln -s ../p/dots h/.config", "./opencode/own.md\nown\n"),
            ("rm -r h/.config", ""), ("rm -r h/.config/opencode; ln -s nowhere h/.config/opencode", ""),
            ("ln -s nowhere h/.config/opencode/x; mkfifo h/.config/opencode/y", ""),
            ("echo mine > \"h/.config/opencode/$(printf 'caf\\351')\"", "./opencode/caf\u{FFFD}\nmine\n"),
        ])
    func followed(script: String, expected: String) throws {
        let (files, remarks) = try copy(script)
        #expect(files == expected && remarks.isEmpty, "\(remarks)")
    }

    @Test(
        "A directory that a container could write once is not followed, wherever it was moved",
        arguments: [
            "ln -s ../../../p/agents h/.config/opencode/agent",
            "mv p q; ln -s ../../../q/agents h/.config/opencode/agent",
            "mv p/agents q; ln -s ../../../q h/.config/opencode/agent",
        ])
    func formerTrees(script: String) throws {
        try Fixture.directory { directory in
            try Fixture.shell(
                "cd \"$1\"; mkdir -p h/.config/opencode p/agents secret home s; echo canary > secret/id",
                directory.string)
            let record = WrittenDirectories(directory.appending("s"))
            try record.add([directory.appending("p"), directory.pushing("p/agents")])
            try record.add([directory.appending("p")])
            try Fixture.shell(
                "cd \"$1\"; ln -s \"$1\"/secret/id p/agents/x.md; \(script)", directory.string)
            let source = directory.pushing("h/.config/opencode")
            let target = directory.pushing("home/opencode")
            let remarks = try AgentFiles.copyConfiguration(
                [DirectoryCopy(source: source, target: target)], to: StateDirectory(path: directory),
                owner: Self.owner, written: record.trees(and: []))
            #expect(remarks.count == 1 && remarks[0].contains("x.md"), "\(remarks)")
            #expect(try Fixture.shell("cd \"$1\"; find . -name x.md", directory.appending("home").string) == "")
        }
    }

    @Test(
        "The copy is bounded, and a remark reports it",
        arguments: [
            "for i in $(seq 4200); do : > h/.config/opencode/$i; done",
            "truncate -s 40M h/.config/opencode/large", "mkdir -p h/.config/opencode/1/2/3/4/5/6/7/8/9",
            "ln -s . h/.config/opencode/loop",
        ])
    func bounds(script: String) throws {
        let (files, remarks) = try copy("echo x > h/.config/opencode/0; \(script)")
        #expect(files.contains("./opencode/0\n"))
        #expect(
            remarks.count == 1 && remarks[0].contains("was not copied whole: no more than 4096 files"), "\(remarks)")
    }
}

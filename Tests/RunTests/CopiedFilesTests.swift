// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

@Suite("What is gone from the caller's configuration is removed from its copy")
struct CopiedFilesTests {
    private static let owner = ContainerUser(
        caller: (geteuid() == 0 ? 4321 : geteuid(), getegid()), owner: (4321, 4321), image: (1000, 1000))

    /// The files of the copy and the remarks after two starts; `h` is the caller's home, `home` the container's.
    ///
    /// - Parameter between: The script between the starts.
    private func starts(_ between: String) throws -> (files: String, remarks: [String]) {
        try Fixture.directory { directory in
            let setUp = """
                cd "$1"; mkdir -p h/opencode/agent/deep h/.agents/skills/s h/skills home/.agents home/.claude secret p
                echo rule > h/opencode/agent/a.md; echo deep > h/opencode/agent/deep/d.md
                echo two > h/opencode/b.md; echo one > h/.agents/skills/s/SKILL.md; echo s > h/skills/x.md
                echo canary > secret/a.md
                """
            try Fixture.shell(setUp, directory.string)
            let copies = [
                ("h/opencode", "home/opencode"), ("h/.agents", "home/.agents"), ("h/skills", "home/.claude/skills"),
            ]
            .map { DirectoryCopy(source: directory.pushing(FilePath($0)), target: directory.pushing(FilePath($1))) }
            let start = {
                try AgentFiles.copyConfiguration(
                    copies, to: StateDirectory(path: directory), owner: Self.owner,
                    written: WrittenTrees([directory.appending("p")]))
            }
            #expect(try start().isEmpty)
            try Fixture.shell("cd \"$1\"; \(between)", directory.string)
            let remarks = try start()
            #expect(try Fixture.shell("cat \"$1\"/secret/a.md", directory.string) == "canary\n")
            let files = try Fixture.shell("cd \"$1\"; find . ! -type d | sort", directory.appending("home").string)
            return (files, remarks.map { $0.replacing(directory.string, with: "") })
        }
    }

    private static let a = "./opencode/agent/a.md"
    private static let deep = "./opencode/agent/deep/d.md"
    private static let b = "./opencode/b.md"
    private static let skill = "./.agents/skills/s/SKILL.md"
    private static let claude = "./.claude/skills/x.md"

    @Test(
        "An unchanged copy is removed with its source",
        arguments: [
            ("true", [skill, claude, a, deep, b]),
            ("rm h/opencode/agent/a.md", [skill, claude, deep, b]),
            ("rm -r h/opencode/agent", [skill, claude, b]),
            ("rm -r h/opencode", [skill, claude]),
            ("rm -r h/.agents h/skills", [a, deep, b]),
            ("mv h/opencode/b.md h/opencode/c.md", [skill, claude, a, deep, "./opencode/c.md"]),
            ("rm -r h/opencode/agent; echo f > h/opencode/agent", [skill, claude, "./opencode/agent", b]),
            ("rm h/opencode/b.md; mkdir h/opencode/b.md; : > h/opencode/b.md/x", [skill, claude, a, deep, "\(b)/x"]),
            ("rm h/skills/x.md; rm home/.claude/skills/x.md", [skill, a, deep, b]),
        ])
    func removed(between: String, expected: [String]) throws {
        let (files, remarks) = try starts(between)
        #expect(files.split(separator: "\n").map(String.init) == expected && remarks.isEmpty, "\(remarks)")
    }

    @Test(
        "What the container made or changed stays, whatever it put in the place of a copy",
        arguments: [
            ("echo own > home/opencode/agent/own.md; rm -r h/opencode", "./opencode/agent/own.md", nil),
            ("echo own > home/.agents/own.md; rm -r h/.agents", "./.agents/own.md", nil),
            ("echo mine > home/\(a); rm h/\(a)", a, "opencode/agent/a.md"),
            ("echo rulE > home/\(a); rm h/\(a)", a, "opencode/agent/a.md"),
            ("rm home/\(a); ln -s ../../../secret/a.md home/\(a); rm h/\(a)", a, "opencode/agent/a.md"),
            ("rm home/\(a); mkfifo home/\(a); rm h/\(a)", a, "opencode/agent/a.md"),
            ("rm home/\(a); mkdir home/\(a); : > home/\(a)/x; rm h/\(a)", "\(a)/x", "opencode/agent/a.md"),
            (
                "rm -r home/opencode/agent; ln -s ../../secret home/opencode/agent; rm -r h/opencode/agent",
                "./opencode/agent", "opencode/agent/a.md"
            ),
            ("truncate -s 40G home/\(a); rm h/\(a)", a, "opencode/agent/a.md"),
            ("rm copied h/\(a)", a, nil), ("echo damaged > copied; rm h/\(a)", a, nil),
        ])
    func kept(between: String, place: String, named: String?) throws {
        let (files, remarks) = try starts(between)
        #expect(files.split(separator: "\n").contains { $0 == place }, "\(files)")
        guard let named else { return #expect(remarks.isEmpty, "\(remarks)") }
        #expect(
            remarks.count == 1 && remarks[0].hasPrefix("Gone from your configuration") && remarks[0].contains(named),
            "\(remarks)")
    }

    @Test(
        "A copy whose source exists but is not read stays",
        arguments: [
            ("for i in $(seq 4200); do : > h/opencode/agent/0$i; done", a),
            ("rm -r h/opencode/agent; ln -s ../../p/x h/opencode/agent; ln -s ../secret p/x", a),
            ("truncate -s 40M h/\(b)", b),
        ])
    func unread(between: String, place: String) throws {
        let (files, remarks) = try starts(between)
        #expect(files.split(separator: "\n").contains { $0 == place }, "\(files)")
        #expect(remarks.count == 1 && remarks[0].contains("not copied"), "\(remarks)")
    }

    @Test("A program among the files stays executable")
    func executable() throws {
        let (files, _) = try starts("chmod 755 h/opencode/b.md")
        #expect(files.contains(Self.b))
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; mkdir -p h home; echo x > h/run; chmod 755 h/run", directory.string)
            let copy = DirectoryCopy(source: directory.appending("h"), target: directory.pushing("home/h"))
            _ = try AgentFiles.copyConfiguration(
                [copy], to: StateDirectory(path: directory), owner: Self.owner, written: WrittenTrees([]))
            #expect(try Files.status(of: directory.pushing("home/h/run")).st_mode & 0o777 == 0o755)
        }
    }
}

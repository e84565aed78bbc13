// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Run
import SystemPackage
import Testing

@Suite("Trees written by a hostile container")
struct HostileTreeTests {
    @Test("Report, size and removal never touch anything outside", arguments: 0..<6 as Range<UInt64>)
    func bounded(seed: UInt64) throws {
        try Fixture.directory { directory in
            let (outside, inside) = (directory.appending("outside"), directory.appending("inside"))
            try Fixture.shell(
                "mkdir -p \"$1\"/outside/sub \"$1\"/inside; echo x > \"$1\"/outside/sub/file; mkfifo \"$1\"/outside/pipe",
                directory.string)
            let before = try Fixture.picture(of: outside)
            let start = Moment(before: Fixture.moment())
            usleep(20_000)
            try HostileTree.fill(inside, seed: seed, outside: outside)
            let report = ChangeReport(inside, since: start)
            let lines = [report.setID, report.executed, report.followed, report.files].flatMap(\.first)
            #expect(lines.contains { $0.hasSuffix(".envrc  (a link to '\(outside)')") && $0.hasPrefix("deep/deep/") })
            #expect(report.followed.first.contains { $0.hasSuffix("deep/.git/  (a directory for git)") })
            #expect(
                lines.allSatisfy { line in line.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 0x202e } })
            #expect(report.gaps.isEmpty || geteuid() != 0, "\(report.gaps.sentences)")
            let tree = try ContainerTree(inside)
            #expect(tree.size() > 4096 * 2000)
            #expect(try tree.removeContents() == nil)
            #expect(try Files.list(inside).isEmpty)
            #expect(try Fixture.picture(of: outside) == before)
        }
    }

    @Test("Kept names stay, and only at the top")
    func kept() throws {
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; mkdir a; touch project a/project b", directory.string)
            #expect(try ContainerTree(directory).removeContents(keeping: ["project"]) == nil)
            #expect(try Files.list(directory) == ["project"])
        }
    }

    @Test("A directory with more entries than one read returns is removed")
    func many() throws {
        try Fixture.directory { directory in
            try Fixture.shell(
                "cd \"$1\"; mkdir a; cd a; seq 1 12000 | xargs touch; seq -f d%g 1 3000 | xargs mkdir", directory.string
            )
            #expect(try ContainerTree(directory).removeContents() == nil)
            #expect(try Files.list(directory).isEmpty)
        }
    }

    @Test("A partly removed state is listed, and the next call removes the rest")
    func leftover() throws {
        try Fixture.directory { directory in
            try Files.makeDirectories(directory.appending("p"))
            let root = directory.appending("state")
            let project = Project(
                try MountableDirectory(directory.appending("p"), protected: ProtectedPaths(home: "/no")))
            let state = StateDirectory(project, root: root)
            try state.prepare(for: project, userID: 1000, groupID: 1000)
            let list = ProjectList(root: root)
            // The state after a killed launcher, and that of an old version without a record.
            try Fixture.shell(
                "cd \"$1\"; cp -r \"$2\" .removed-$2-1; mkdir -p .removed-aaaaaaaaaaaaaaaa-2/home .removed-bbbbbbbbbbbbbbbb-3",
                root.string, project.id)
            let all = try list.all()
            #expect(all.filter(\.isPartlyRemoved).map(\.id).sorted() == ["aaaaaaaaaaaaaaaa", project.id].sorted())
            #expect(!Files.exists(root.appending(".removed-bbbbbbbbbbbbbbbb-3")), "an empty one is nothing")
            let found = try list.find(project.directory.text)
            #expect(found.map(\.isPartlyRemoved).sorted { !$0 && $1 } == [false, true])
            for project in all { try list.remove(project) }
            #expect(try Files.list(root).isEmpty)
        }
    }

    @Test("A state with hostile names is listed with its size, and removed", arguments: 20..<22 as Range<UInt64>)
    func state(seed: UInt64) throws {
        try Fixture.directory { directory in
            try Files.makeDirectories(directory.appending("p"))
            let root = directory.appending("state")
            let project = Project(
                try MountableDirectory(directory.appending("p"), protected: ProtectedPaths(home: "/no")))
            let state = StateDirectory(project, root: root)
            try state.prepare(for: project, userID: getuid(), groupID: getgid())
            try HostileTree.fill(state.home.appending(".cache"), seed: seed, outside: directory.appending("p"))
            let list = ProjectList(root: root)
            let known = try #require(try list.all().first)
            #expect(known.bytes > 4096 * 2000)
            try list.remove(known)
            #expect(try Files.list(root).isEmpty)
        }
    }
}

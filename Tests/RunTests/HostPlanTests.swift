// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import Run
import SystemPackage
import Testing

@Suite("Effects of a start on the host")
struct HostPlanTests {
    @Test("The plan of a repository identifies its sources by device and inode, and has no side effects")
    func repository() throws {
        try Fixture.directory { directory in
            let project = directory.appending("p")
            for name in ["hooks", "objects", "refs"] {
                try Files.makeDirectories(project.pushing(".git").appending(name))
            }
            try Files.write(Array("ref: refs/heads/main\n".utf8), to: project.pushing(".git/HEAD"))
            try Files.write(Array("[core]\n\tbare = false\n".utf8), to: project.pushing(".git/config"))
            let before = try Files.list(project.appending(".git")).sorted()
            let tree = GuardedTree(try ContainerTree(project), target: "/workspace")
            let guarding = try GitGuard([tree], rules: RepositoryRules(protected: ProtectedPaths(home: "/no")))
            let plan = HostPlan(trees: guarding.trees.map(\.source))
            var status = stat()
            #expect(stat(project.string, &status) == 0)
            let source = try #require(plan.trees.first)
            #expect(source.identity == FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)))
            #expect(
                plan.mounts.map(\.target)
                    == ["/workspace"] + source.paths.map { "/workspace/\($0.path)" })
            #expect(plan.placeholders.map { String($0.string.dropFirst(project.string.count)) } == Self.placeholders)
            #expect(try Files.list(project.appending(".git")).sorted() == before)
            // The same directory gives the same plan; another one of that name gives a different plan.
            let again = try GitGuard([tree], rules: RepositoryRules(protected: ProtectedPaths(home: "/no")))
            #expect(HostPlan(trees: again.trees.map(\.source)) == plan)
            #expect(rename(project.string, directory.appending("q").string) == 0)
            try Files.makeDirectories(project)
            #expect(GuardedTree(try ContainerTree(project), target: "/workspace").source.identity != source.identity)
        }
    }

    private static let placeholders = ["/.git/commondir", "/.git/config.lock", "/.git/worktrees"]

    @Test("Trees are mounted first, then the persistent home, then the files")
    func order() {
        let tree = TreeSource(
            path: "/p", identity: FileIdentity(device: 1, inode: 2), target: "/workspace", isReadOnly: true)
        let plan = HostPlan(
            trees: [tree], homes: [BindMount(source: "/s/home/.cache", target: "/home/o/.cache", readOnly: false)],
            copies: [DirectoryCopy(source: "/c", target: "/s/home/.config/c")],
            files: [
                MountedFile("/s/gitconfig", text: "x", target: "/etc/gitconfig"),
                MountedFile("debian.sources", in: "/s/apt", text: "y", target: "/etc/apt/sources.list.d"),
            ])
        #expect(plan.mounts.map(\.source) == ["/p", "/s/home/.cache", "/s/gitconfig", "/s/apt"])
        #expect(plan.mounts.map(\.readOnly) == [true, false, true, true])
        #expect(plan.mounts.first?.isRecursive == false, "what is mounted below could be written")
        #expect(plan.files.map(\.path) == ["/s/gitconfig", "/s/apt/debian.sources"])
    }

    @Test("An up-to-date file keeps its inode, because another container may have it mounted")
    func writing() throws {
        try Fixture.directory { directory in
            let file = MountedFile("x", in: directory.appending("d"), text: "one", target: "/x")
            try file.write()
            let first = try ContainerTree(directory).identity("d/x")
            try file.write()
            #expect(try ContainerTree(directory).identity("d/x") == first)
            try MountedFile("x", in: directory.appending("d"), text: "two", target: "/x").write()
            #expect(try Files.read(file.path, limit: 10) == Array("two".utf8))
        }
    }
}

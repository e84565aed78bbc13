// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage
import Testing

@Suite("The identity of projects")
struct ProjectTests {
    @Test("Two directories of the same name share nothing; one directory with two paths is one project")
    func twins() throws {
        try Fixture.directory { directory in
            for name in ["a/api", "b/api"] { try Files.makeDirectories(directory.pushing(FilePath(name))) }
            try Fixture.shell("ln -s a/api \"$1/link\"", directory.string)
            let protected = ProtectedPaths(home: "/nowhere")
            let projects = try ["a/api", "b/api", "link", "b/../a/api/"].map {
                Project(try MountableDirectory(FilePath("\(directory)/\($0)"), protected: protected))
            }
            #expect(projects[0].id != projects[1].id)
            #expect(projects[0].containerName(launcher: 1) != projects[1].containerName(launcher: 1))
            #expect(projects[0].id == projects[2].id)
            #expect(projects[0].id == projects[3].id)
            #expect(projects[0].containerName(launcher: 1) != projects[0].containerName(launcher: 2))
            let states = projects.map { StateDirectory($0, root: "/state").path }
            #expect(Set(states).count == 2)
        }
    }

    @Test("The ID equals that of sha256sum(1)")
    func oracle() throws {
        let path = "/home/me/work/api"
        let sum = try Fixture.shell("printf %s \"$1\" | sha256sum", path)
        #expect(Project.id(of: FilePath(path)) == String(sum.prefix(16)))
    }

    @Test(
        "The project's part of a container's name is valid for engines",
        arguments: [
            ("My Project!", "my-project"), ("..", "project"), ("ünïcode", "n-code"), ("-", "project"),
            ("a,b:c", "a-b-c"),
            (String(repeating: "x", count: 40), String(repeating: "x", count: 24)),
        ])
    func word(name: String, word: String) throws {
        guard name != ".." else { return }
        try Fixture.directory { directory in
            try Files.makeDirectories(directory.appending(name))
            let project = Project(
                try MountableDirectory(directory.appending(name), protected: ProtectedPaths(home: "/no")))
            #expect(project.word == word)
        }
    }

    @Test(
        "A directory that was renamed continues with its state; another one with its name or its inode does not",
        arguments: [
            ("mv p q", "q", true), ("mkdir d; mv p d", "d/p", true), ("rm -r p; mkdir -p d/p", "d/p", false),
            ("rm -r p; mkdir q", "q", nil), ("mkdir q", "q", nil),
        ])
    func renamed(script: String, name: String, isSame: Bool?) throws {
        try Fixture.directory { directory in
            try Files.makeDirectories(directory.appending("p"))
            let (root, protected) = (directory.appending("state"), ProtectedPaths(home: "/no"))
            let old = Project(try MountableDirectory(directory.appending("p"), protected: protected))
            try StateDirectory(old, root: root).prepare(for: old, userID: 1000, groupID: 1000)
            try Fixture.shell("cd \"$1\"; \(script)", directory.string)
            let new = Project(try MountableDirectory(directory.pushing(FilePath(name)), protected: protected))
            let list = ProjectList(root: root)
            let former = list.former(of: new)
            #expect(former?.isSame == isSame && former?.id == (isSame == nil ? nil : old.id))
            let known = try #require(try list.find(old.directory.text).first)
            guard former != nil else {
                if known.exists {
                    #expect(throws: RunError.projectStays(known.directory)) { _ = try list.move(known, to: new) }
                }
                return
            }
            #expect(try !list.move(known, to: new))
            #expect(try list.all().map(\.directory) == [new.directory.text])
            #expect(list.former(of: new) == nil)
        }
    }

    @Test("A move over state exchanges both, and concerns no running project")
    func moved() throws {
        try Fixture.directory { directory in
            let (root, protected) = (directory.appending("state"), ProtectedPaths(home: "/no"))
            let projects = try ["p", "q"].map { name in
                try Files.makeDirectories(directory.appending(name))
                let project = Project(try MountableDirectory(directory.appending(name), protected: protected))
                try StateDirectory(project, root: root).prepare(for: project, userID: 1000, groupID: 1000)
                return project
            }
            try Fixture.shell("rmdir \"$1/p\"", directory.string)
            let list = ProjectList(root: root)
            let known = try #require(try list.find(projects[0].id).first)
            let newer = StateDirectory(projects[1], root: root)
            for state in [known.state, newer] {
                let lock = try StateLock(state)
                let name = state == newer ? projects[1].directory.text : known.directory
                #expect(throws: RunError.projectInUse(name)) { _ = try list.move(known, to: projects[1]) }
                _ = lock
            }
            for content in ["old", "new"] {
                try Files.write(Array(content.utf8), to: (content == "old" ? known.state : newer).home.appending("x"))
            }
            for (now, kept) in [("old", "new"), ("new", "old")] {
                #expect(try list.move(known, to: projects[1]))
                #expect(try Files.read(newer.home.appending("x"), limit: 9) == Array(now.utf8))
                let rest = try #require(try list.find(projects[0].id).first)
                #expect(rest.directory == known.directory && !rest.exists)
                #expect(try Files.read(rest.state.home.appending("x"), limit: 9) == Array(kept.utf8))
                #expect(try list.find(projects[1].directory.text).map(\.id) == [projects[1].id])
            }
        }
    }

    @Test("State is listed with its use, and removed")
    func state() throws {
        try Fixture.directory { directory in
            try Files.makeDirectories(directory.appending("p"))
            let root = directory.appending("state")
            let project = Project(
                try MountableDirectory(directory.appending("p"), protected: ProtectedPaths(home: "/no")))
            let state = StateDirectory(project, root: root)
            try state.prepare(for: project, userID: 1000, groupID: 1000)
            try Files.write(Array("x".utf8), to: state.home.appending(".cache").appending("big"))
            let list = ProjectList(root: root)
            var lock: StateLock? = try StateLock(state, marksUse: true)
            let running = try #require(try list.find(project.id).first)
            #expect(running.isRunning && running.exists && running.bytes > 0)
            #expect(throws: RunError.projectInUse(project.directory.text)) { try list.remove(running) }
            #expect(Files.exists(state.path))
            _ = lock
            lock = nil
            let found = try #require(try list.find(project.directory.text).first)
            #expect(!found.isRunning)
            try list.remove(found)
            #expect(try list.all().isEmpty)
            #expect(try Files.list(root).isEmpty)
            #expect(throws: RunError.self) { try list.find(project.id) }
        }
    }
}

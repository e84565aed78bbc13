// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import Run
import SystemPackage
import TestSupport
import Testing

@Suite("Default access control lists", .enabled(if: DefaultList.areSupported))
struct DefaultListTests {
    private let rules = RepositoryRules(protected: ProtectedPaths(home: "/no"))

    /// The report after `during`, in a project whose directories `own` and `.git/own` have lists at the start.
    private func report(isKnown: Bool = true, _ during: (FilePath) throws -> Void) throws -> [String] {
        try Fixture.directory { directory in
            try Fixture.shell(
                "cd \"$1\"; git init -q .; mkdir -p own/old plain .git/own node_modules", directory.string)
            for name in ["own", "own/old", ".git/own"] as [FilePath] {
                try DefaultList.set(directory.pushing(name), others: 7)
            }
            usleep(30_000)
            let guarding = try GitGuard([GuardedTree(try ContainerTree(directory), target: "/w")], rules: rules)
            let start = Moment(before: Fixture.moment())
            usleep(20_000)
            try during(directory)
            let report = ChangeReport(
                directory, since: start, repositories: guarding.repositories, workTrees: guarding.workTrees,
                rules: rules, directories: isKnown ? guarding.directories[0] ?? [:] : [:],
                defaultLists: isKnown ? guarding.defaultLists[0] ?? [:] : [:])
            let command = "`setfacl -k \(directory)"
            #expect(report.defaultLists.first.allSatisfy { $0.contains(command) }, "\(report.defaultLists.first)")
            return report.defaultLists.first.map { String($0.split(separator: "'")[0]) }
        }
    }

    @Test("Directories that a container gave one are reported, at any place")
    func given() throws {
        let places: [FilePath] = ["", "plain", ".git/objects", ".git/refs/heads", "node_modules", "own/old"]
        let found = try report { directory in
            for place in places { try DefaultList.set(directory.pushing(place), others: 6) }
            try Files.makeDirectories(directory.pushing("plain/new"))
        }
        let all = [".", "plain", ".git/objects", ".git/refs/heads", "node_modules", "own/old", "plain/new"]
        #expect(Set(found) == Set(all) && found.first == ".", "\(found)")
    }

    @Test("Those of the start are not, nor what new directories inherit from them", arguments: [true, false])
    func own(isKnown: Bool) throws {
        let found = try report(isKnown: isKnown) { directory in
            for name in ["own/new/deep", ".git/own/new"] as [FilePath] {
                try Files.makeDirectories(directory.pushing(name))
            }
            if isKnown {
                try Fixture.shell("cd \"$1\"; touch own/file own/old/file; mv own plain/own", directory.string)
            }
        }
        #expect(isKnown ? found.isEmpty : Set(found) == ["own", "own/new", "own/new/deep", ".git/own", ".git/own/new"])
    }

    @Test("Access lists that let others write to a repository are reported")
    func granted() throws {
        try Fixture.directory { directory in
            try Fixture.shell("cd \"$1\"; git init -q .; mkdir src", directory.string)
            usleep(30_000)
            let start = Moment(before: Fixture.moment())
            usleep(20_000)
            for (place, tag, permissions, mask) in [
                (".git/refs", 2, 7, 7), (".git/hooks", 8, 3, 7), (".git/objects", 2, 5, 7), (".git/info", 2, 7, 5),
                ("src", 2, 7, 7),
            ] as [(FilePath, UInt8, UInt8, UInt8)] {
                try DefaultList.grant(directory.pushing(place), tag: tag, permissions, mask: mask)
            }
            let report = ChangeReport(directory, since: start, rules: rules)
            let named = report.setID.first.map { String($0.split(separator: "'")[0]) }
            #expect(Set(named) == [".git/refs", ".git/hooks"], "\(report.setID.first)")
        }
    }

    @Test("A list in a repository that closes new files to their owner is named, and removed by a repair")
    func repair() throws {
        try Fixture.directory { directory in
            try Fixture.shell(GuardFixture.setUp, directory.string)
            let project = directory.appending("p")
            try DefaultList.set(project.appending(".git"), others: 7)
            for place in [".git/objects", ".git/refs/heads"] as [FilePath] {
                try DefaultList.set(project.pushing(place), user: 0, others: 0)
            }
            let trees = try GuardFixture.trees(project)
            let remarks = try GitGuard(trees, rules: rules).remarks
            #expect(remarks.contains { $0.hasPrefix("'\(project)/.git/objects' has a default") }, "\(remarks)")
            let repaired = try RepositoryRepair(trees, rules: rules).run()
            #expect(repaired == [project.pushing(".git/objects"), project.pushing(".git/refs/heads")])
            #expect(try GitGuard(trees, rules: rules).remarks.isEmpty)
            #expect(DefaultList.isThere(project.appending(".git")), "one that lets the owner in stays")
            #expect(!DefaultList.isThere(project.pushing(".git/objects")))
        }
    }
}

/// Sets default access control lists in the kernel's encoding (linux/posix_acl_xattr.h).
enum DefaultList {
    private static let name = "system.posix_acl_default"

    /// Whether the file system of temporary directories has them.
    static let areSupported: Bool = {
        let isSet: Void? = try? withTemporaryDirectory { try set($0, others: 5) }
        return isSet != nil
    }()

    static func set(_ directory: FilePath, user: UInt8 = 7, others: UInt8) throws {
        try set(name, directory, [(1, user, 255), (4, others, 255), (32, others, 255)])
    }

    /// Gives a directory an access list in which a named user (tag 2) or group (tag 8) has permissions.
    static func grant(_ directory: FilePath, tag: UInt8, _ permissions: UInt8, mask: UInt8 = 7) throws {
        let owner: [(UInt8, UInt8, UInt8)] = [(1, 7, 255)]
        let group: [(UInt8, UInt8, UInt8)] = [(4, 5, 255)]
        let rest: [(UInt8, UInt8, UInt8)] = [(16, mask, 255), (32, 5, 255)]
        let named: [(UInt8, UInt8, UInt8)] = [(tag, permissions, 1)]
        let entries = owner + (tag == 2 ? named + group : group + named) + rest
        try set("system.posix_acl_access", directory, entries)
    }

    private static func set(_ name: String, _ directory: FilePath, _ entries: [(UInt8, UInt8, UInt8)]) throws {
        let list = entries.reduce(into: [2, 0, 0, 0] as [UInt8]) { list, entry in
            let (tag, permissions, identifier) = entry
            list += [tag, 0, permissions, 0] + (identifier == 255 ? [255, 255, 255, 255] : [identifier, 0, 0, 0])
        }
        let opened = try FileDescriptor.open(directory, .readOnly, options: .directory)
        try opened.closeAfter {
            guard clinux_set_attribute(opened.rawValue, name, list, list.count) == 0 else {
                throw FileError("set the list of", directory, Errno(rawValue: errno))
            }
        }
    }

    static func isThere(_ directory: FilePath) -> Bool {
        guard let opened = try? FileDescriptor.open(directory, .readOnly, options: .directory) else { return false }
        defer { try? opened.close() }
        return clinux_get_attribute(opened.rawValue, name, nil, 0) > 0
    }
}

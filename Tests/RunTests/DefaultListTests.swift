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
        let entries: [(tag: UInt8, permissions: UInt8)] = [(1, user), (4, others), (32, others)]
        let list = entries.reduce(into: [2, 0, 0, 0] as [UInt8]) { list, entry in
            list += [entry.tag, 0, entry.permissions, 0, 255, 255, 255, 255]
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

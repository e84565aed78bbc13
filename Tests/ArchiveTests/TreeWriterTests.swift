// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage
import TestSupport
import Testing

@Suite struct TreeWriterTests {
    /// Writes `members` below `root`.
    static func write(_ members: [Member], to root: FilePath, owners: Bool = false) throws {
        let writer = try TreeWriter(root: root, setsOwners: owners)
        for member in members {
            try writer.write(member.entry) { sink in try member.bytes.withUnsafeBytes { try sink($0) } }
        }
        try writer.finish()
    }

    /// Type, mode, time, number of names and contents of everything below `directory`.
    static func listing(_ directory: FilePath, owners: Bool = false) throws -> String {
        let format = "%P %y %m %T@ %l %n" + (owners ? " %U:%G" : "")
        let list = "find . -mindepth 1 -type d -printf '%P %y %m %T@\\n' -o -mindepth 1 -printf '\(format)\\n'"
        return try Oracle.text("{ \(list); find . -type f -exec sha256sum {} +; } | sort", in: directory)
    }

    /// Directories that are listed before and after their contents, inaccessible directories, and links.
    static func members() throws -> [Member] {
        var members = try TarWriterTests.members().filter { member in
            if case .hardlink = member.entry.kind { return false }
            return member.entry.attributes.isEmpty && !member.entry.path.isRoot
        }
        members.append(try Member(file: "f", "x", mode: 0o6755))
        members.append(try Member("g", .hardlink(target: ArchivePath("f")), mode: 0o6755))
        members.append(try Member(file: "closed/x", "y", mode: 0))
        members.append(try Member("closed", .directory, mode: 0o555))
        for index in 0..<100 {
            members.append(try Member("d\(index)/e", .directory, mode: 0o750))
            members.append(try Member(file: "d\(index)/e/f", "z"))
        }
        for index in 0..<100 { members.append(try Member("d\(index)", .directory, mode: 0o711)) }
        members.append(try Member("folder", .directory, mode: 0o755))
        return members
    }

    static func directories(in directory: FilePath) throws -> (FilePath, FilePath) {
        let pair = (directory.appending("ours"), directory.appending("theirs"))
        try Files.makeDirectories(pair.0)
        try Files.makeDirectories(pair.1)
        return pair
    }

    @Test func makesTheTreeThatTarMakes() throws {
        try withTemporaryDirectory { directory in
            let (ours, theirs) = try Self.directories(in: directory)
            let members = try Self.members()
            try Self.write(members, to: ours)
            try Files.write(tar(members), to: directory.appending("x.tar"))
            try ShellLine.run("tar -xpf x.tar --no-same-owner -C theirs", in: directory)
            // tar gives directories without an entry the current time, so those are excluded.
            try ShellLine.run("find ours theirs -path '*/folder/*' -type d -exec touch -d @0 {} +", in: directory)
            #expect(try Self.listing(ours) == Self.listing(theirs))
        }
    }

    @Test func directoriesThatNoEntryNamesAreAlwaysTheSame() throws {
        try withTemporaryDirectory { directory in
            try Self.write([Member(file: "a/b/c", "x")], to: directory)
            #expect(try Oracle.text("stat -c '%n %a %Y' a a/b", in: directory) == "a 755 0\na/b 755 0\n")
        }
    }

    @Test func theRootCanHaveAnEntry() throws {
        try withTemporaryDirectory { directory in
            try Self.write([Member("", .directory, mode: 0o711), Member(file: "a", "x")], to: directory)
            #expect(try Oracle.text("stat -c '%a %Y' .", in: directory) == "711 1700000000\n")
            #expect(throws: ArchiveError.self) { try Self.write([Member(file: "", "x")], to: directory) }
        }
    }

    @Test(arguments: ["/etc", "..", "target", "."]) func neverWritesThroughASymbolicLink(target: String) throws {
        try withTemporaryDirectory { directory in
            let (ours, _) = try Self.directories(in: directory)
            try Self.write(
                [Member("target", .directory, mode: 0o755), Member("d/link", .symlink(target: target))], to: ours)
            let error = ArchiveError.inTheWay(path: try ArchivePath("d/link"), root: ours.string)
            for path in ["d/link", "d/link/evil", "d/link/x/evil"] {
                #expect(throws: error, "file \(path)") { try Self.write([Member(file: path, "x")], to: ours) }
                #expect(throws: error, "directory \(path)") { try Self.write([Member(path, .directory)], to: ours) }
                #expect(throws: error, "link \(path)") {
                    try Self.write([Member(path, .symlink(target: "x"))], to: ours)
                }
            }
            let out = try Member("h", .hardlink(target: ArchivePath("d/link/passwd")))
            #expect(throws: error) { try Self.write([out], to: ours) }
            #expect(
                try Oracle.text("find . | sort", in: directory)
                    == ".\n./ours\n./ours/d\n./ours/d/link\n./ours/target\n./theirs\n")
        }
    }

    @Test func nothingIsReplacedButDirectoriesAreTakenOver() throws {
        try withTemporaryDirectory { directory in
            try Self.write([Member(file: "f", "old"), Member("d", .directory, mode: 0o700)], to: directory)
            try Self.write([Member("d", .directory, mode: 0o755), Member(file: "d/x", "y")], to: directory)
            #expect(try Oracle.text("stat -c '%a %Y' d", in: directory) == "755 1700000000\n")
            for member in try [
                Member(file: "f", "new"), Member("f", .directory), Member("f", .symlink(target: "x")),
                Member("f", .hardlink(target: ArchivePath("d/x"))), Member(file: "f/below", "x"),
            ] {
                let error = ArchiveError.inTheWay(path: try ArchivePath("f"), root: directory.string)
                #expect(throws: error) { try Self.write([member], to: directory) }
            }
            #expect(throws: ArchiveError.inTheWay(path: try ArchivePath("d"), root: directory.string)) {
                try Self.write([Member(file: "d", "x")], to: directory)
            }
            #expect(try Oracle.text("cat f", in: directory) == "old")
        }
    }

    @Test func hardLinksNeedTheirTarget() throws {
        try withTemporaryDirectory { directory in
            for target in ["no", "no/where"] {
                let member = try Member("h", .hardlink(target: ArchivePath(target)))
                let error = ArchiveError.missingTarget(path: member.entry.path, target: try ArchivePath(target))
                #expect(throws: error) { try Self.write([member], to: directory) }
            }
        }
    }

    @Test(arguments: [0, 3, 5]) func aFileOfTheWrongLengthIsTakenAway(delivered: Int) throws {
        try withTemporaryDirectory { directory in
            let writer = try TreeWriter(root: directory, setsOwners: false)
            let entry = ArchiveEntry(path: try ArchivePath("a"), kind: .file(size: 4), mode: 0o644)
            let error = ArchiveError.contents(path: entry.path, expected: 4, delivered: UInt64(delivered))
            let bytes = [UInt8](repeating: 1, count: delivered)
            #expect(throws: error) { try writer.write(entry) { sink in try bytes.withUnsafeBytes { try sink($0) } } }
            #expect(try Files.list(directory) == [])
        }
    }
}

/// Needs root: owners and capabilities.
@Suite(.enabled(if: Oracle.isRoot)) struct TreeWriterOwnersIntegrationTests {
    @Test func makesTheTreeThatTarMakesAsRoot() throws {
        try withTemporaryDirectory { directory in
            let (ours, theirs) = try TreeWriterTests.directories(in: directory)
            var members = try TarWriterTests.members().filter { !$0.entry.path.isRoot }
            for index in members.indices where !members[index].entry.attributes.isEmpty {
                // A capability in the format of setcap(8): version 2, cap_net_raw, effective.
                let capability: [UInt8] = [1, 0, 0, 2, 0, 0x20] + [UInt8](repeating: 0, count: 14)
                members[index].entry.attributes = ["security.capability": capability]
                members[index].entry.uid = 33
            }
            var link = try Member("owned-link", .symlink(target: "x"), mode: 0o777)
            link.entry.uid = 5
            var setID = try Member(file: "set-id", "x", mode: 0o6755)
            setID.entry.gid = 42
            members += [link, setID]
            try TreeWriterTests.write(members, to: ours, owners: true)
            try Files.write(tar(members), to: directory.appending("x.tar"))
            try ShellLine.run("tar --numeric-owner --xattrs --xattrs-include='*' -xpf x.tar -C theirs", in: directory)
            try ShellLine.run("find ours theirs -path '*/directory*' -type d -exec touch -d @0 {} +", in: directory)
            #expect(try TreeWriterTests.listing(ours, owners: true) == TreeWriterTests.listing(theirs, owners: true))
            if Oracle.has("getcap") {
                let list = "getcap -r . | sort"
                #expect(try Oracle.text(list, in: ours) == Oracle.text(list, in: theirs))
                #expect(try Oracle.text(list, in: ours).contains("cap_net_raw"))
            }
        }
    }
}

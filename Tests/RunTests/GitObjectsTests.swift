// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Glibc
import Run
import SystemPackage
import Testing

@Suite("The objects of a repository")
struct GitObjectsTests {
    private static let identity =
        "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b; cd \"$1\""

    /// Three versions of a file, and a tag.
    private static let history = """
        for i in 1 2 3; do seq $((400 + i)) > f; git add f; git commit -q -m $i; done; git tag -a -m t t
        """

    /// The objects of the repository `.git` in `directory`.
    private func objects(_ directory: FilePath) throws -> GitObjects {
        GitObjects(of: try ContainerTree(directory), at: ".git")
    }

    /// The bytes of a name of hexadecimal digits.
    private func name(_ hex: some StringProtocol) throws -> [UInt8] {
        let digits = Array(hex)
        return try stride(from: 0, to: digits.count - 1, by: 2).map {
            try #require(UInt8(String(digits[$0...($0 + 1)]), radix: 16))
        }
    }

    @Test(
        "All objects are those of git: loose, packed, and as differences by offset or by name",
        arguments: ["true", "git repack -adfq", "git -c repack.useDeltaBaseOffset=false repack -adfq"],
        ["sha1", "sha256"])
    func all(packing: String, format: String) throws {
        try Fixture.directory { directory in
            let setUp = "git init -q --object-format=\(format) ."
            try Fixture.shell("\(Self.identity); \(setUp); \(Self.history); \(packing)", directory.string)
            let list = try Fixture.shell(
                "cd \"$1\"; git cat-file --batch-all-objects --batch-check='%(objectname) %(objecttype) %(objectsize)'",
                directory.string)
            let objects = try objects(directory)
            let lines = list.split(separator: "\n").map { $0.split(separator: " ") }
            #expect(lines.count == 10)
            for line in lines {
                let object = try #require(objects.object(try name(line[0])), "\(line)")
                #expect("\(object.kind)" == line[1] && "\(object.bytes.count)" == line[2])
                let content = try Fixture.shell(
                    "cd \"$1\"; git cat-file \"$2\" \"$3\" | sha256sum", directory.string, String(line[1]),
                    String(line[0]))
                #expect(content.hasPrefix("\(Digest(of: object.bytes).hex) "))
            }
        }
    }

    /// Commands that make the object `$large` of 31 MiB, which is read or not.
    @Test(
        "Large objects use up a budget, also malformed ones",
        arguments: [
            (":", true), ("cut 20000 $file", false), ("git repack -adq", true),
            ("git repack -adq; cut 12000 .git/objects/pack/*.pack", false),
        ])
    func budget(change: String, isThere: Bool) throws {
        try Fixture.directory { directory in
            let names = try Fixture.shell(
                """
                \(Self.identity); git init -q .; cut() { chmod u+w $2; truncate -s $1 $2; }
                large=$(head -c 31M /dev/zero | git hash-object -w --stdin); git update-ref refs/tags/l $large
                file=.git/objects/$(echo $large | sed 's,^..,&/,'); \(change)
                small=$(echo x | git hash-object -w --stdin); echo $large $small
                """, directory.string)
            let all = try names.split(whereSeparator: \.isWhitespace).map(name)
            let fresh = try objects(directory)
            #expect((fresh.object(all[0]) != nil) == isThere && fresh.object(all[1]) != nil)
            let used = try objects(directory)
            for _ in 0..<60 { _ = used.object(all[0]) }
            #expect(used.object(all[1]) == nil)
        }
    }

    @Test("Packs are not kept open")
    func open() throws {
        try Fixture.directory { directory in
            let setUp = "git init -q .; \(Self.history); git repack -adfq; git rev-parse HEAD HEAD:f"
            let names = try Fixture.shell("\(Self.identity); \(setUp)", directory.string)
            let objects = try objects(directory)
            for hex in names.split(separator: "\n") { #expect(objects.object(try name(hex)) != nil) }
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
                try? Files.target(of: FilePath("/proc/self/fd/\($0)"))
            }
            #expect(!open.contains { $0.hasPrefix("\(directory)/.git/objects/pack/") }, "\(open)")
        }
    }

    @Test("Objects that are large only when compressed use up the budget as well")
    func compressed() throws {
        try Fixture.directory { directory in
            try Fixture.shell("git init -q \"$1\"", directory.string)
            // Empty stored blocks, then one with the object (RFC 1951 section 3.2.4), and its checksum.
            let blocks = [UInt8](repeating: 0, count: 10 << 20).indices.map { [0, 0, 0, 0xFF, 0xFF][$0 % 5] as UInt8 }
            let object = Array("blob 1\0x".utf8)
            let end: [UInt8] = [1, 8, 0, 0xF7, 0xFF] + object + checksum(object)
            let all = directory.pushing(".git/objects/01")
            try Files.makeDirectories(all)
            let names = (0..<60).map { [1] + [UInt8](repeating: UInt8($0), count: 19) }
            let paths = names.map { name in
                all.appending(name.dropFirst().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
            }
            let file = try FileDescriptor.open(
                paths[0], .writeOnly, options: .create, permissions: .ownerReadWrite)
            _ = try file.closeAfter { try file.writeAll([0x78, 1] + blocks + end) }
            for path in paths.dropFirst() { #expect(link(paths[0].string, path.string) == 0) }
            let fresh = try objects(directory)
            #expect(fresh.object(names[0])?.bytes == Array("x".utf8))
            let found = names.map { fresh.object($0) }
            #expect(found.first != .some(nil) && found.last == .some(nil))
        }
    }

    private func checksum(_ bytes: [UInt8]) -> [UInt8] {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return [high >> 8, high, low >> 8, low].map { UInt8($0 & 0xFF) }
    }

    @Test(
        "An object in a pack is read from it, and in no other way when an index has another size than git accepts",
        arguments: [
            (":", true), ("truncate -s +1M .git/objects/pack/*.idx", false),
            ("truncate -s 60 .git/objects/pack/*.pack", false),
            ("printf xxxx > .git/objects/pack/pack-1.idx; touch .git/objects/pack/pack-1.pack", false),
            ("printf xxxx > .git/objects/pack/pack-1.idx", true),
        ])
    func index(change: String, isThere: Bool) throws {
        try Fixture.directory { directory in
            let setUp = "git init -q .; \(Self.history); git repack -adfq; chmod u+w .git/objects/pack/*"
            let forge = """
                c=$(git rev-parse HEAD); f=.git/objects/$(echo $c | sed 's,^..,&/,'); mkdir -p $(dirname $f)
                o=$(echo x | git hash-object -w --stdin); cp .git/objects/$(echo $o | sed 's,^..,&/,') $f; echo $c
                """
            let text = try Fixture.shell("\(Self.identity); \(setUp); \(forge); \(change)", directory.string)
            let hex = try #require(text.split(separator: "\n").first)
            let object = try objects(directory).object(try name(hex))
            #expect(object?.kind == (isThere ? .commit : nil))
        }
    }
}

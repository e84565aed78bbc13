// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Context
import Core
import Foundation
import Glibc
import ImageDefinition
import Lockfile
import SystemPackage
import TestSupport
import Testing

@Suite("The layers of programs") struct ProgramLayerTests {
    /// One file of a release.
    struct Item: Sendable {
        let path: String
        var kind = ArchiveEntry.Kind.directory
        var mode: UInt16 = 0o755
        var text = ""
        var attributes: [String: [UInt8]] = [:]

        static func file(_ path: String, _ text: String, mode: UInt16 = 0o644) -> Item {
            Item(path: path, kind: .file(size: UInt64(text.utf8.count)), mode: mode, text: text)
        }

        static func link(_ path: String, _ target: String) -> Item {
            Item(path: path, kind: .symlink(target: target), mode: 0o777)
        }
    }

    static let release: [Item] = [
        Item(path: "tool-1"), Item(path: "tool-1/bin", mode: 0o700), .file("tool-1/LICENSE", "MIT"),
        .file("tool-1/bin/tool", "#!/bin/sh\n", mode: 0o700), .link("tool-1/bin/other", "../lib/other.js"),
        .file("tool-1/lib/other.js", "1", mode: 0o666),
    ]

    private static func tar(_ items: [Item]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let tar = try TarWriter { bytes.append(contentsOf: $0) }
        for item in items {
            let entry = ArchiveEntry(
                path: try ArchivePath(item.path), kind: item.kind, mode: item.mode, uid: 7, gid: 7,
                mtime: 1_700_000_000, attributes: item.attributes)
            try tar.append(entry, bytes: Array(item.text.utf8))
        }
        try tar.finish()
        return bytes
    }

    /// A program of a definition that has no other.
    private static func program(_ lines: String) throws -> ProgramDefinition {
        let file = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .removingLastComponent().appending("image/image.yaml")
        let text = try ImageDefinition.text(file)
        let pins = ["amd64", "arm64"].map {
            "      linux/\($0): {url: \"https://example.org/\", sha256: \(Digest(of: []).hex)}\n"
        }
        let start = try #require(text.firstRange(of: "\nagent:\n"))
        let list = "\nprograms:\n  - name: tool\n" + lines + "    artifacts:\n" + pins.joined()
        let definition = try ImageDefinition(parsing: text[..<start.lowerBound] + list, file: "image.yaml")
        return try #require(definition.programs.first)
    }

    private static func layer(
        _ program: ProgramDefinition, _ release: [UInt8], _ check: (CachedLayer, Store) throws -> Void
    ) throws {
        let scratch = try Scratch()
        let artifact = LockedArtifact(
            name: program.name, version: program.version, platform: "linux/amd64", url: "https://example.org/",
            sha256: try scratch.store.insert(release), size: nil)
        let layer = try ProgramArtifact(program, artifact).layer(in: scratch.store, setsOwners: getuid() == 0)
        try check(layer, scratch.store)
    }

    private static func entries(of layer: CachedLayer, in store: Store) throws -> [String] {
        let blob = try LayerPacker(store: store).pack(layer)
        var lines: [String] = []
        try ArchiveReader(file: store.path(of: blob.descriptor.digest), name: "layer").forEach { entry, _ in
            guard entry.kind != .directory || entry.path.string.hasPrefix("opt/tool") else { return }
            #expect(entry.uid == 0 && entry.gid == 0)
            let target = if case .symlink(let target) = entry.kind { " -> \(target)" } else { "" }
            lines.append("\(entry.path.string) \(String(entry.mode, radix: 8))\(target)")
        }
        return lines
    }

    private static let agent = "    version: 1.90.0\n    agent: true\n    form: tar\n    path: /usr/local/bin/tool\n"
    private static let tree = """
            version: 1.0
            form: tar
            strip: 1
            to: /opt/tool
            links: [bin/tool, bin/other]
            copyright: LICENSE

        """

    @Test("The agent's layer is the one that 1.0.0 made")
    func firstVersion() throws {
        let text = Self.agent.replacing("tool\n", with: "opencode\n")
        let definition = try Self.program(text)
        let release = try Self.tar([.file("tool", "#!/bin/sh\necho 1.90.0\n", mode: 0o755)])
        try Self.layer(definition, release) { layer, store in
            #expect(layer.name == "agent")
            let blob = try LayerPacker(store: store).pack(layer)
            #expect(
                blob.diffID.description
                    == "sha256:55b1694ce77df330ad170fe91e21a3985497730e7b066805450044f94aa25a32")
        }
    }

    @Test("A tree is placed whole, owned by root, with two modes, its links and its licence")
    func tree() throws {
        try Self.layer(try Self.program(Self.tree), try Self.tar(Self.release)) { layer, store in
            #expect(layer.name == "program-tool")
            let entries = try Self.entries(of: layer, in: store)
            #expect(
                entries == [
                    "opt/tool 755", "opt/tool/LICENSE 644", "opt/tool/bin 755",
                    "opt/tool/bin/other 777 -> ../lib/other.js", "opt/tool/bin/tool 755", "opt/tool/lib 755",
                    "opt/tool/lib/other.js 644", "usr/local/bin/other 777 -> /opt/tool/bin/other",
                    "usr/local/bin/tool 777 -> /opt/tool/bin/tool", "usr/share/doc/tool/copyright 644",
                ])
        }
    }

    @Test("A bare file has the time of the definition")
    func bareFile() throws {
        let lines = "    version: 1\n    form: file\n    date: 2026-11-30\n    to: /opt/tool\n    links: [tool]\n"
        try Self.layer(try Self.program(lines), Array("#!/bin/sh\n".utf8)) { layer, store in
            let entries = try Self.entries(of: layer, in: store)
            #expect(
                entries == [
                    "opt/tool 755", "opt/tool/tool 755", "usr/local/bin/tool 777 -> /opt/tool/tool",
                ])
            var status = stat()
            #expect(lstat(layer.tree.pushing("opt/tool/tool").string, &status) == 0)
            #expect(status.st_mtim.tv_sec == 1_795_996_800)
        }
    }

    @Test("A hard link becomes a file of its own")
    func hardLink() throws {
        let first = Item.file("tool-1/bin/tool", "x", mode: 0o755)
        let second = Item(path: "tool-1/bin/other", kind: .hardlink(target: try ArchivePath(first.path)))
        let items = [first, second, .file("tool-1/LICENSE", "MIT")]
        try Self.layer(try Self.program(Self.tree), try Self.tar(items)) { layer, _ in
            let other = try Files.read(layer.tree.pushing("opt/tool/bin/other"), limit: 9)
            #expect(other == Array("x".utf8))
        }
    }

    @Test(
        "What an image must not get is refused, with the definition's line",
        arguments: [
            (Item.file("tool-1/a", "", mode: 0o4755), "set-uid"), (.file("tool-1/a", "", mode: 0o2755), "set-uid"),
            (Item(path: "tool-1/a", mode: 0o1777), "sticky"), (.file("tool-1/.wh.a", ""), "'.wh.'"),
            (Item(path: "tool-1/a", kind: .file(size: 0), attributes: ["security.capability": [1]]), "capabilities"),
            (.link("tool-1/a", "../../../etc/passwd"), "leads out"), (.link("tool-1/a", "/etc/passwd"), "leads out"),
            (.link("tool-1/a", "/opt/tool/../x"), "leads out"), (.link("tool-1/a", "/opt/tools"), "leads out"),
            (.file("tool-1/LICENSE", "again"), "exists"), (.file("tool-1/bin/other/x", ""), "is not a directory"),
        ])
    func refused(_ item: Item, _ says: String) throws {
        let program = try Self.program(Self.tree)
        let release = try Self.tar(Self.release + [item])
        let error = try #require(throws: ContextError.self) { try Self.layer(program, release) { _, _ in } }
        #expect(error.sentence.hasPrefix("\(program.place): "), "\(error.sentence)")
        #expect(error.sentence.contains(says), "\(error.sentence)")
    }

    @Test(
        "A program has its places alone, and a licence",
        arguments: [
            ("usr/share/doc/tool/copyright", nil), ("opt/tools", nil), ("usr/local/bin/tool", "'/usr/local/bin/tool'"),
            ("opt/tool/bin/x", "'/opt/tool/bin/x' is also in image/rootfs"), ("opt/tool", "'/opt/tool' is also in"),
            ("opt", "'/opt' is also in"),
        ])
    func places(_ file: String, _ says: String?) throws {
        let scratch = try Scratch()
        let path = scratch.root.appending("rootfs").pushing(FilePath(file))
        try Files.makeDirectories(path.removingLastComponent())
        try Files.write([UInt8](), to: path)
        let places = ProgramPlaces(of: [try Self.program(Self.tree.replacing("    copyright: LICENSE\n", with: ""))])
        let licence = file.hasSuffix("copyright") ? nil : "'tool' has no licence"
        guard let expected = says ?? licence else { return try places.check(below: scratch.root) }
        let error = try #require(throws: ContextError.self) { try places.check(below: scratch.root) }
        #expect(error.sentence.contains(expected), "\(error.sentence)")
    }

    @Test(
        "A release without what the definition names is refused",
        arguments: [
            ("bin/tool, bin/other", "bin/missing", "a program 'bin/missing'"), ("LICENSE", "COPYING", "'COPYING'"),
            ("strip: 1", "strip: 4", "'tool'"), ("form: tar", "form: tar.xz", "is not a tar.xz"),
        ])
    func missing(_ old: String, _ new: String, _ says: String) throws {
        let program = try Self.program(Self.tree.replacing(old, with: new))
        let release = try Self.tar(Self.release)
        let error = try #require(throws: ContextError.self) { try Self.layer(program, release) { _, _ in } }
        #expect(error.sentence.contains(says), "\(error.sentence)")
    }
}

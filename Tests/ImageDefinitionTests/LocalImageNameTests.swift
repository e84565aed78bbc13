// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import ImageDefinition
import OCI
import SystemPackage
import TestSupport
import Testing

@Suite struct LocalImageNameTests {
    private static let stock = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("image")

    /// A copy of the project's own definition with a change of one file.
    private static func copy(
        _ directory: FilePath, _ file: String = "image.yaml", _ change: (String) -> String
    ) throws -> FilePath {
        let copy = directory.appending("image")
        try FileManager.default.copyItem(atPath: stock.string, toPath: copy.string)
        let text = String(decoding: try Files.read(copy.pushing(FilePath(file)), limit: 1 << 20), as: UTF8.self)
        let changed = change(text)
        if changed != text { try Files.write(Array(changed.utf8), to: copy.pushing(FilePath(file))) }
        return copy
    }

    @Test(
        "Derived names are recognized",
        arguments: [
            ("opencode-docker-08325e63:1.0.0-base", true), ("opencode-docker:1.0.0", false),
            ("opencode-docker-mine:1.0.0", false), ("opencode-docker-08325e6:1", false),
            ("opencode-docker-08325E63:1", false),
        ])
    func derived(name: String, isDerived: Bool) {
        #expect(LocalImageName.isDerived(name, from: "opencode-docker") == isDerived)
    }

    private static func name(_ directory: FilePath, stock: FilePath? = stock) throws -> LocalImageName {
        LocalImageName(
            of: try ImageDefinition.load(directory.appending("image.yaml")), in: directory, stock: stock)
    }

    @Test("The program's own definition, and an equal one, have the name in image.yaml")
    func equal() throws {
        let version = try ImageDefinition.load(Self.stock.appending("image.yaml")).version
        let own = try Self.name(Self.stock)
        #expect(own.tag(base: false) == "opencode-docker:\(version)" && !own.isDerived)
        #expect(own.tag(base: true) == "opencode-docker:\(version)-base" && own.formerTag(base: true) == nil)
        try withTemporaryDirectory { directory in
            let same = try Self.name(Self.copy(directory) { $0 })
            #expect(same == own)
        }
    }

    @Test(
        "A definition with other contents has another name, unless it has a name of its own",
        arguments: [
            ("image.yaml", "title: ", "title: My ", true), ("image.yaml", "name: opencode-docker", "name: team", false),
            ("configure", "\n", "\n# changed\n", true), ("rootfs/etc/tmux.conf", "\n", "\n# changed\n", true),
            ("hardening.yaml", "\n", "\n# changed\n", false),
        ])
    func other(_ file: String, _ old: String, _ new: String, _ isDerived: Bool) throws {
        try withTemporaryDirectory { directory in
            let copy = try Self.copy(directory, file) { $0.replacing(old, with: new, maxReplacements: 1) }
            let name = try Self.name(copy)
            #expect(name.isDerived == isDerived)
            #expect((name.formerTag(base: false) != nil) == isDerived)
            // The name follows from the directory, so that the next build replaces the image of this one.
            let (again, alone) = try (Self.name(copy), Self.name(copy, stock: nil))
            #expect(again == name && !alone.isDerived)
        }
    }

    @Test("A file added, removed, made executable or linked elsewhere changes the digest; times and group bits do not")
    func contents() throws {
        try withTemporaryDirectory { directory in
            let copy = try Self.copy(directory) { $0 }
            var seen = [try DefinitionContents.digest(of: copy)]
            let file = copy.pushing("rootfs/etc/added")
            let manager = FileManager.default
            try Files.write([1], to: file)
            seen.append(try DefinitionContents.digest(of: copy))
            try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.string)
            seen.append(try DefinitionContents.digest(of: copy))
            try manager.setAttributes(
                [.posixPermissions: 0o775, .modificationDate: Date(timeIntervalSince1970: 5)], ofItemAtPath: file.string
            )
            let unchanged = try DefinitionContents.digest(of: copy)
            #expect(unchanged == seen.last)
            for target in ["a", "b"] {
                try Files.removeTree(file)
                try manager.createSymbolicLink(atPath: file.string, withDestinationPath: target)
                seen.append(try DefinitionContents.digest(of: copy))
            }
            #expect(Set(seen).count == 5)
            try Files.removeTree(file)
            let original = try DefinitionContents.digest(of: copy)
            #expect(original == seen[0])
        }
    }

    @Test("The label differs by platform, agent and lock")
    func label() throws {
        let labels = try [Platform("linux/amd64"), Platform("linux/arm64")].flatMap { platform in
            try [true, false].flatMap { agent in
                try [Digest(of: [1]), Digest(of: [2])].map {
                    try DefinitionContents.inputs(of: Self.stock, lock: $0, platform: platform, includesPrograms: agent)
                }
            }
        }
        #expect(Set(labels).count == 8)
        #expect(throws: DefinitionError.self) {
            let text = try ImageDefinition.text(Self.stock.appending("image.yaml"))
            _ = try ImageDefinition(
                parsing: text.replacing("\nlabels:\n", with: "\nlabels:\n  opencode-docker.inputs: x\n"), file: "f")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import ImageDefinition
import SystemPackage
import Testing

/// Elements of package lists besides names.
@Suite struct PackageSelectionTests {
    private func definition(_ lines: String) throws -> ImageDefinition {
        try ImageDefinition(parsing: imageText().replacing("    - nano\n", with: lines), file: "image.yaml")
    }

    @Test func readsPinsExclusionsAndRecommendations() throws {
        let image = try definition(
            """
                - nano=7.2-1+deb12u1
                - {exclude: perl-doc, reason: "nobody reads it here"}
                - name: mutt=1:2.2
                  recommends: true

            """)
        let requests = image.packageRequests.filter { ["nano", "mutt", "vim"].contains($0.name) }
        #expect(
            requests.map { "\($0.name) \($0.version ?? "-") \($0.recommends)" }
                == ["vim - false", "nano 7.2-1+deb12u1 false", "mutt 1:2.2 true"])
        #expect(image.exclusions.map { "\($0.name): \($0.reason)" } == ["perl-doc: nobody reads it here"])
        #expect(!image.packageNames.contains("perl-doc"))
    }

    @Test(arguments: [
        ("debs/ka_1%3a0_all.deb", true), ("debs/ka_1.0+b1~rc_all.deb", true), ("debs/ka 1_all.deb", false),
        ("../ka.deb", false),
    ])
    func namesOfPackageFiles(name: String, isAccepted: Bool) throws {
        let line = "    - {file: \"\(name)\", sha256: \(Digest(of: []).hex)}\n"
        let text = try imageText().replacing("    - nano\n", with: line)
        switch Result(catching: { try ImageDefinition(parsing: text, file: "image.yaml") }) {
        case .success(let image): #expect(isAccepted && image.localPackages.map(\.file) == [name])
        case .failure(let error):
            #expect(
                !isAccepted
                    && ((error as any Error) as? any UserFacingError)?.sentence.contains(
                        "of letters, digits and '._+~:%-'") == true
            )
        }
    }

    private static let repository = """
        repositories:
          - name: example
            uri: https://packages.example.org/debian/
            suite: stable
            components: [main, extra]
            key: keys/example.asc
            packages: [nano]

        """

    private func definition(repositories: String) throws -> ImageDefinition {
        try ImageDefinition(parsing: imageText() + "\n" + repositories, file: "image.yaml")
    }

    @Test func readsRepositories() throws {
        let plain = try ImageDefinition(parsing: imageText(), file: "image.yaml")
        let image = try definition(repositories: Self.repository)
        let repository = try #require(image.repositories.first)
        #expect(repository.uri == "https://packages.example.org/debian")
        #expect(repository.components == ["main", "extra"] && repository.packages == ["nano"])
        #expect(repository.key == .file("keys/example.asc"))
        #expect(image.inputsDigest != plain.inputsDigest)
        let flat = Self.repository.replacing("suite: stable\n    components: [main, extra]", with: "suite: ./")
        #expect(try definition(repositories: flat).repositories.first?.components == [])
        let inline = Self.repository.replacing(
            "key: keys/example.asc",
            with:
                "key: |\n      -----BEGIN PGP PUBLIC KEY BLOCK-----\n\n      mQEC\n      -----END PGP PUBLIC KEY BLOCK-----"
        )
        if case .armoured? = try definition(repositories: inline).repositories.first?.key {
        } else {
            Issue.record("the key is not read")
        }
    }

    @Test(arguments: [
        ("name: example", "name: debian", "means something in the lock"), ("suite: stable", "suite: ./", "left out"),
        ("    components: [main, extra]\n", "", "'repositories.components' is missing"),
        ("uri: https://", "uri: https://me:secret@", "without user"), ("uri: https", "uri: ftp", "http or https"),
        ("suite: stable", "suite: ../x", "a suite's name"), ("    key: keys/example.asc\n", "", "key' is missing"),
        ("keys/example.asc", "/etc/passwd", "below the definition's directory"),
        ("keys/example.asc", "\"-----BEGIN PGP PUBLIC KEY BLOCK-----\"", "in ASCII armour"),
        ("packages: [nano]", "packages: [Nano]", "a Debian package's name"), ("suite:", "suit:", "The key 'suit'"),
    ])
    func refusesRepositories(_ old: String, _ new: String, _ sentence: String) throws {
        let text = Self.repository.replacing(old, with: new)
        #expect(text != Self.repository)
        let error = #expect(throws: DefinitionError.self) { try definition(repositories: text) }
        #expect(error?.sentence.contains(sentence) == true, "\(error?.sentence ?? "")")
    }

    @Test func aMissingDigestIsPrinted() throws {
        let directory = FilePath(NSTemporaryDirectory()).appending("digest-\(UUID().uuidString)")
        defer { try? Files.removeTree(directory) }
        try Files.makeDirectories(directory.appending("debs"))
        try Files.write(Array("a".utf8), to: directory.pushing("debs/a.deb"))
        let text = try imageText().replacing("    - nano\n", with: "    - {file: debs/a.deb}\n")
        let error = #expect(throws: DefinitionError.self) {
            try ImageDefinition.parse(text, of: directory.appending("image.yaml"))
        }
        #expect(error?.hint == "Write it as {file: debs/a.deb, sha256: \(Digest(of: Array("a".utf8)).hex)}.")
    }

    @Test func eachChoiceIsAnInput() throws {
        let lines = [
            "    - nano\n", "    - nano=1\n", "    - nano=2\n", "    - {name: nano, recommends: true}\n",
            "    - nano\n    - {exclude: mutt, reason: a}\n", "    - nano\n    - {exclude: mutt, reason: b}\n",
        ]
        let digests = try lines.map { try definition($0).inputsDigest }
        #expect(Set(digests).count == lines.count)
        #expect(try definition("    - {name: nano}\n").inputsDigest == digests[0])
        #expect(try definition("    - {name: nano, recommends: false}\n").inputsDigest == digests[0])
    }

    @Test(arguments: [
        ("-nano", "one is left out by {exclude: nano, reason: …}."), ("nano=", "as in curl=7.88.1-10+deb12u14."),
        ("nano=a b", "as in curl=7.88.1-10+deb12u14."), ("Nano=1", "as in curl=7.88.1-10+deb12u14."),
        ("{exclude: nano}", "The key 'packages.editors.reason' is missing."),
        ("{exclude: nano, reason: a, recommends: true}", "The key 'recommends' is not known here."),
        ("{exclude: nano=1, reason: a}", "'nano=1' cannot be 'packages.editors.exclude'"),
        ("{name: nano, recommends: maybe}", "it must be true or false."),
        ("{name: nano, reason: a}", "The key 'reason'"),
        ("{file: /a.deb, sha256: aa}", "'/a.deb' cannot be 'packages.editors.file'"),
        ("{file: ../a.deb, sha256: aa}", "'../a.deb' cannot be 'packages.editors.file'"),
        ("{file: a.rpm, sha256: aa}", "the path of a .deb"), ("{file: a.deb, sha256: aa}", "64 lower-case"),
        ("{file: debs/a.deb}", "'debs/a.deb' has no sha256."), ("{nmae: nano}", "The key 'nmae' is not known here."),
        ("{recommends: true}", "'packages.editors.name' is missing"),
        ("{exclude: vim, reason: a}", "'vim' is in 'packages.editors' twice."), ("[nano]", "must be one text"),
    ])
    func refuses(_ item: String, _ sentence: String) throws {
        let error = #expect(throws: DefinitionError.self) { try definition("    - \(item)\n") }
        #expect(error?.sentence.contains(sentence) == true, "\(error?.sentence ?? "")")
        #expect(error?.sentence.hasPrefix("image.yaml:") == true)
    }
}

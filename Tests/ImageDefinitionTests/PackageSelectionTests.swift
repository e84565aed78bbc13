// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import ImageDefinition
import Testing

/// What a list of packages can say beside names.
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
        #expect(requests.map { "\($0.name) \($0.version ?? "-") \($0.recommends)" }
            == ["vim - false", "nano 7.2-1+deb12u1 false", "mutt 1:2.2 true"])
        #expect(image.exclusions.map { "\($0.name): \($0.reason)" } == ["perl-doc: nobody reads it here"])
        #expect(!image.packageNames.contains("perl-doc"))
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
        ("{exclude: nano, reason: a, recommends: true}", "The key 'recommends' means nothing here."),
        ("{exclude: nano=1, reason: a}", "'nano=1' cannot be 'packages.editors.exclude'"),
        ("{name: nano, recommends: maybe}", "it must be true or false."), ("{name: nano, reason: a}", "The key 'reason'"),
        ("{nmae: nano}", "The key 'nmae' means nothing here."), ("{recommends: true}", "'packages.editors.name' is missing"),
        ("{exclude: vim, reason: a}", "'vim' is in 'packages.editors' twice."), ("[nano]", "must be one text"),
    ])
    func refuses(_ item: String, _ sentence: String) throws {
        let error = #expect(throws: DefinitionError.self) { try definition("    - \(item)\n") }
        #expect(error?.sentence.contains(sentence) == true, "\(error?.sentence ?? "")")
        #expect(error?.sentence.hasPrefix("image.yaml:") == true)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The program, the image and the changelog share one version: that of the last release.
@Suite("The versions that the repository names are those of the last release") struct VersionTests {
    @Test("--version is the newest section of CHANGELOG.md, and 0.0.0 before the first release")
    func program() throws {
        let source = try Repository.text("Sources/Commands/ProgramVersion.swift")
        let versions = source.matches(of: /static let current = "([^"]*)"/).map { String($0.1) }
        #expect(versions == [try Self.released() ?? "0.0.0"])
    }

    @Test("image.yaml has the same version; before the first release, that of the first one")
    func image() throws {
        let image = try Repository.text("image/image.yaml").firstMatch(of: /(?m)^version: (\S+)$/).map { String($0.1) }
        #expect(image != nil)
        if let released = try Self.released() { #expect(image == released) }
    }

    private static func released() throws -> String? {
        try Repository.text("CHANGELOG.md").firstMatch(of: /(?m)^## \[(\d+\.\d+\.\d+)\]/).map { String($0.1) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Testing

/// Third-party and local packages beside Debian's.
@Suite struct RepositoryRankTests {
    private static func index(
        _ archive: String, _ standing: PackagesIndex.Standing, _ packages: [(String, String, String)]
    ) -> PackagesIndex {
        let text = packages.map { name, version, fields in
            """
            Package: \(name)
            Version: \(version)
            Architecture: amd64
            \(fields.isEmpty ? "" : fields + "\n")Filename: ./\(name)_\(version).deb
            Size: 1
            SHA256: \(Digest(of: name.utf8).hex)

            """
        }.joined(separator: "\n")
        return PackagesIndex(archive: archive, file: archive, bytes: Array(text.utf8), standing: standing)
    }

    private static let debian: [(String, String, String)] = [
        ("apt", "1", ""), ("jq", "1", ""), ("tar", "1", "Priority: required"), ("exim", "1", "Provides: mta"),
        ("app", "1", "Depends: fast-lib | lib"), ("lib", "1", ""), ("mailer", "1", "Depends: mta"),
    ]
    private static let others: [(String, String, String)] = [
        ("jq", "9", ""), ("tool", "1", "Depends: jq, own | lib"), ("own", "1", ""), ("tar", "9", ""),
        ("postfix", "1", "Provides: mta\nPriority: required\nEssential: yes"), ("fast-lib", "1", ""),
    ]

    private func found(
        _ names: [String], named: [String] = [], local: [(String, String, String)] = []
    ) throws -> [String] {
        let preferred = Set(try named.map { try PackageName($0) })
        let universe = try PackageUniverse(
            [
                Self.index("bookworm", .debian, Self.debian),
                Self.index("others stable", .repository(preferred: preferred), Self.others),
                Self.index("local", .local, local),
            ], architecture: .amd64)
        return try Solver(universe).solve(try names.map { try PackageName($0) })
            .map { "\($0.record.name)=\($0.record.version)" }.filter { $0 != "apt=1" }
    }

    @Test("Debian's package is selected, regardless of the other one's version") func debiansFirst() throws {
        #expect(try found(["jq"]) == ["jq=1", "tar=1"])
        #expect(try found(["tool"]) == ["jq=1", "own=1", "tar=1", "tool=1"])
    }

    @Test("dependencies of Debian's packages are Debian's when possible") func alternatives() throws {
        #expect(try found(["app"]) == ["app=1", "lib=1", "tar=1"])
        #expect(try found(["mailer"]) == ["exim=1", "mailer=1", "tar=1"])
        #expect(try found(["app", "fast-lib"]) == ["app=1", "fast-lib=1", "tar=1"])
    }

    @Test("a preferred package is the repository's, but only Debian defines the base system") func named() throws {
        #expect(try found(["jq"], named: ["jq"]) == ["jq=9", "tar=1"])
        #expect(try found(["jq"], named: ["tar"]) == ["jq=1", "tar=9"])
    }

    @Test("a local package takes precedence") func local() throws {
        let mine = [("jq", "0.1", "Depends: lib\nEssential: yes")]
        #expect(try found(["jq"], named: ["jq"], local: mine) == ["jq=0.1", "lib=1", "tar=1"])
    }

    @Test("keys are read in ASCII armor and in binary form") func keys() throws {
        let armour = """
            -----BEGIN PGP PUBLIC KEY BLOCK-----
            Comment: a test

            mQEC
            AwQF
            =abcd
            -----END PGP PUBLIC KEY BLOCK-----
            """
        let binary: [UInt8] = [0x99, 1, 2, 3, 4, 5]
        #expect(try OpenPGPKeyring.binary(Array(armour.utf8), file: "key") == binary)
        #expect(try OpenPGPKeyring.binary(Array(armour.replacing("\n", with: "\r\n").utf8), file: "key") == binary)
        #expect(try OpenPGPKeyring.binary(binary, file: "key") == binary)
        for text in ["", "hello", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!\n"] {
            #expect(throws: DebianError.malformedKey(file: "key")) {
                try OpenPGPKeyring.binary(Array(text.utf8), file: "key")
            }
        }
    }
}

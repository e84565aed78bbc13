// SPDX-License-Identifier: Apache-2.0

import Build
import Testing

@Suite("Variation between builds") struct VariationTests {
    private static let beginning =
        "Another build of this lock has a different digest: maintainer scripts write varying files: "

    @Test(
        "one line lists packages, and files that they do not explain",
        arguments: [
            (["git"], [], nil),
            (
                ["ghc", "mono-mcs"], [],
                "ghc (/var/lib/ghc/package.conf.d/package.cache), mono-mcs (/usr/lib/mono/aot-cache)."
            ),
            (["git", "postfix"], [], "postfix (/etc/aliases.db)."),
            (["postfix"], ["/etc/aliases.db", "/etc/x"], "postfix (/etc/aliases.db), /etc/x."),
            (["heimdal-kdc"], ["/var/lib/heimdal-kdc/m-key"], "heimdal-kdc (/var/lib/heimdal-kdc)."),
        ] as [([String], [String], String?)])
    func note(packages: [String], found: [String], ending: String?) {
        #expect(Variation(packages: packages, found: found).note == ending.map { Self.beginning + $0 })
    }

    @Test("files that only look random may be equal")
    func onlyFound() {
        #expect(
            Variation(packages: ["git"], found: ["/etc/x.key", "/etc/y"]).note
                == "Another build of this lock may have a different digest: maintainer scripts wrote random-looking "
                + "files: /etc/x.key, /etc/y.")
    }

    @Test("at most twenty files are listed")
    func many() {
        let note = Variation(packages: [], found: (1...25).map { "/etc/file\($0)" }).note
        #expect(note?.hasSuffix("/etc/file20, 5 more files.") == true)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Signing
import SystemPackage
import Testing
import Trust

@Suite("The trust file")
struct TrustFileTests {
    static let pem = SigningKey.generate().publicKey.pem

    private func read(_ text: String) throws -> TrustFile {
        let directory = FilePath(NSTemporaryDirectory()).appending("trust-file-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory)
        defer { try? Files.removeTree(directory) }
        try Files.write(Array(Self.pem.utf8), to: directory.appending("k.pub"))
        try Files.write(Array(text.utf8), to: directory.appending("trust.json"))
        return try TrustFile(reading: directory.appending("trust.json"))
    }

    private static func file(
        keys: String = #"[{"file": "k.pub"}]"#, more: String = "", name: String = "registry.example/a/b"
    ) -> String {
        #"{"version": 1, "repositories": [{"repository": "\#(name)", "keys": \#(keys)\#(more)}]}"#
    }

    @Test("Keys by file and inline, with an expiry, a minimum version and a tag")
    func reading() throws {
        let inline = Self.pem.replacing("\n", with: "\\n")
        let keys = #"[{"pem": "\#(inline)", "notAfter": "2027-01-31T00:00:00Z"}, {"file": "k.pub"}]"#
        let file = try read(Self.file(keys: keys, more: #", "minimumVersion": "1.2.0", "tag": "1""#))
        let repository = try file.repository("registry.example/a/b")
        #expect(repository.keys.count == 2)
        #expect(repository.keys[0].notAfter == (try Timestamp("2027-01-31T00:00:00Z")))
        #expect(repository.keys[1].key == (try PublicKey(pem: Array(Self.pem.utf8))))
        #expect(repository.minimumVersion == SemanticVersion(1, 2, 0) && repository.tag == "1")
        #expect(throws: TrustError.unknownRepository("other.example/x")) { try file.repository("other.example/x") }
        #expect(try read(Self.file()).repositories[0].tag == "latest" && read(Self.file()).repositories[0].build == nil)
        let build = try read(Self.file(more: #", "builder": "https://b/x", "source": "https://s/y""#)).repositories[0]
        #expect(build.build == ExpectedBuild(builder: "https://b/x", source: "https://s/y"))
    }

    static let refused: [String] = [
        "", "[]", "{}", #"{"version": 2, "repositories": []}"#, #"{"version": 1, "repositories": []}"#,
        file(keys: "[]"), file(keys: #"[{"file": "k.pub"}, {"file": "k.pub"}, {"file": "k.pub"}]"#),
        file(keys: #"[{"pem": "x"}]"#), file(keys: #"[{"file": "k.pub", "pem": "x"}]"#), file(keys: "[{}]"),
        file(keys: #"[{"file": "k.pub", "notAfter": "soon"}]"#), file(more: #", "minimumVersion": "1""#),
        file(more: #", "builder": 1"#), file(more: #", "source": "no address""#), file(more: #", "builder": "x""#),
        file(more: #", "tag": "a b""#), file(more: #", "typo": 1"#), file(name: "image"), file(name: "r.example/a:tag"),
        file().replacing(#""version": 1"#, with: #""version": 1, "more": 1"#),
    ]

    @Test("Errors name the file", arguments: refused)
    func refusals(text: String) {
        #expect {
            try read(text)
        } throws: { error in
            guard let error = error as? TrustError, case .trustFile(let path, let reason) = error else { return false }
            return path.lastComponent?.string == "trust.json" && !reason.isEmpty && error.exitStatus == .usage
        }
    }

    @Test("A missing key file is named")
    func missingKey() {
        #expect(throws: FileError.self) { try read(Self.file(keys: #"[{"file": "none.pub"}]"#)) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage
import Testing

@Suite("Credentials that come back from a container")
struct ForwardedCredentialsTests {
    private static let host = """
        {"one":{"type":"oauth","access":"a1","refresh":"r1","expires":1,"enterpriseUrl":"https://e"},\
        "key":{"type":"api","key":"k"},"other":{"type":"oauth","access":"a2","refresh":"r2","expires":2.5}}
        """
    private static let renewed = #"{"one":{"type":"oauth","access":"A","refresh":"R","expires":99}}"#

    /// The caller's file after a run to which `providers` are forwarded, and the number of sentences.
    private func after(
        _ returned: String, providers: [String] = ["one"], meanwhile: String = host
    ) throws -> (text: String, sentences: [String]) {
        try Fixture.directory { directory in
            let file = directory.appending("auth.json")
            try Files.write(Array(Self.host.utf8), to: file)
            let forwarded = try ForwardedCredentials(providers, in: file)
            try Files.write(Array(meanwhile.utf8), to: file)
            let sentences = try forwarded.giveBack(Array(returned.utf8), to: file)
            return (String(decoding: try Files.read(file, limit: 1 << 20), as: UTF8.self), sentences)
        }
    }

    @Test("Renewed tokens and their time come back; everything else stays")
    func comeBack() throws {
        let (text, sentences) = try after(Self.renewed)
        let found = text.filter { !$0.isWhitespace }
        #expect(
            found == #"{"key":{"key":"k","type":"api"},"one":{"access":"A","enterpriseUrl":"https:\/\/e","expires":99,"#
                + #""refresh":"R","type":"oauth"},"other":{"access":"a2","expires":2.5,"refresh":"r2","type":"oauth"}}"#
        )
        #expect(sentences == ["Renewed in the container, and stored on the host: 'one'"])
    }

    @Test(
        "Nothing else that a container writes reaches the host",
        arguments: [
            "", "[]", "null", "{", "{}", #"{"one":null}"#, #"{"one":{"type":"api","key":"A"}}"#,
            #"{"one":{"type":"api","access":"A","refresh":"R","expires":9}}"#,
            #"{"one":{"type":"oauth","access":"a1","refresh":"r1","expires":9,"enterpriseUrl":"https://evil"}}"#,
            #"{"one":{"type":"oauth","access":"A\nB","refresh":"R","expires":9}}"#,
            #"{"one":{"type":"oauth","access":"A\u0000","refresh":"R","expires":9}}"#,
            #"{"one":{"type":"oauth","access":"A\u0301","refresh":"R","expires":9}}"#,
            #"{"one":{"type":"oauth","access":"","refresh":"R","expires":9}}"#,
            #"{"one":{"type":"oauth","access":"A","expires":9}}"#,
            #"{"one":{"type":"oauth","access":["A"],"refresh":"R","expires":9}}"#,
            #"{"one":{"type":"oauth","access":"A","refresh":"R","expires":true}}"#,
            #"{"one":{"type":"oauth","access":"A","refresh":"R","expires":1e300}}"#,
            #"{"one":{"type":"oauth","access":"A","refresh":"R","expires":-1}}"#,
            #"{"one":{"type":"oauth","access":"A","refresh":"R","expires":1.5}}"#,
            #"{"one":{"type":"oauth","access":"A","refresh":"R","expires":"9"}}"#,
            #"{"other":{"type":"oauth","access":"A","refresh":"R","expires":9}}"#,
            #"{"key":{"type":"oauth","access":"A","refresh":"R","expires":9}}"#,
            #"{"new":{"type":"oauth","access":"A","refresh":"R","expires":9}}"#,
            #"{"one":{"type":"oauth","access":"\#(String(repeating: "A", count: 20_000))","refresh":"R","expires":9}}"#,
        ])
    func hostile(returned: String) throws {
        #expect(try after(returned, providers: ["one", "key"]).text == Self.host)
    }

    @Test("New keys of an entry stay in the container")
    func newKeys() throws {
        let more = Self.renewed.replacing("\"type\"", with: "\"enterpriseUrl\":\"https://evil\",\"x\":\"y\",\"type\"")
        #expect(try after(more).text == after(Self.renewed).text)
    }

    @Test(
        "An entry that changed on the host stays",
        arguments: [
            ("\"a1\"", "\"a3\""), ("\"https://e\"", "\"https://f\""), ("\"oauth\",\"access\":\"a1\"", "\"api\""),
        ])
    func changed(old: String, new: String) throws {
        let meanwhile = Self.host.replacing(old, with: new)
        let (text, sentences) = try after(Self.renewed, meanwhile: meanwhile)
        #expect(text == meanwhile && sentences.count == 1 && sentences[0].contains("changed on the host"))
    }

    @Test("Other entries may change meanwhile")
    func others() throws {
        let (text, sentences) = try after(Self.renewed, meanwhile: Self.host.replacing("\"k\"", with: "\"l\""))
        #expect(text.contains("\"A\"") && text.contains("\"l\"") && sentences.count == 1)
    }

    @Test("Only tokens that are renewed make the file writable", arguments: [(["one"], true), (["key"], false)])
    func renewable(providers: [String], isRenewable: Bool) throws {
        try Fixture.directory { directory in
            let file = directory.appending("auth.json")
            try Files.write(Array(Self.host.utf8), to: file)
            #expect(try ForwardedCredentials(providers, in: file).isRenewable == isRenewable)
            #expect(throws: RunError.unknownProvider("no", known: ["key", "one", "other"])) {
                try ForwardedCredentials(["no"], in: file)
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Testing

@Suite struct CanonicalJSONTests {
    static let golden: [(JSONValue, String)] = [
        (.null, "null"), (.bool(true), "true"), (.integer(.min), "-9223372036854775808"), (.array([]), "[]"),
        (.object([:]), "{}"),
        (.array([.integer(0), .bool(false), .string("")]), #"[0,false,""]"#),
        (.object(["b": .null, "a": .object(["z": .integer(1), "Z": .integer(2)])]), #"{"a":{"Z":2,"z":1},"b":null}"#),
        // By UTF-8 bytes, U+FFFD sorts before U+10000; by UTF-16 units it would sort after.
        (.object(["\u{10000}": .null, "\u{FFFD}": .null]), "{\"\u{FFFD}\":null,\"\u{10000}\":null}"),
        (
            .string("a/b\"\\\u{8}\u{9}\u{A}\u{C}\u{D}\u{1}\u{1F}\u{7F}é\u{2028}"),
            #""a/b\"\\\b\t\n\f\r\u0001\u001f"# + "\u{7F}é\u{2028}\""
        ),
    ]

    @Test(arguments: golden) func writes(_ value: JSONValue, _ text: String) throws {
        #expect(String(decoding: value.canonical(), as: UTF8.self) == text)
        #expect(try CanonicalJSON.encode(value) == Array(text.utf8))
        #expect(try JSONValue(parsing: Array(text.utf8)) == value)
    }

    @Test func writesForPeople() {
        let value = JSONValue.object(["b": .array([.integer(1), .object([:])]), "a": .array([])])
        #expect(value.pretty() == "{\n  \"a\": [],\n  \"b\": [\n    1,\n    {}\n  ]\n}\n")
    }

    @Test func configurationIsGolden() throws {
        let text = try String(decoding: CanonicalJSON.encode(Samples.configuration()), as: UTF8.self)
        #expect(
            text == #"{"architecture":"amd64","config":{"Cmd":["sh"],"Entrypoint":["/bin/entry"],"#
                + #""Env":["PATH=/usr/bin:/bin","LANG=C.UTF-8"],"ExposedPorts":{"80/tcp":{}},"#
                + #""Healthcheck":{"Interval":30000000000,"Retries":3,"Test":["CMD","true"]},"#
                + #""Labels":{"a":"1","b":"2"},"StopSignal":"SIGTERM","User":"dev","Volumes":{"/data":{}},"#
                + #""WorkingDir":"/workspace"},"created":"2025-01-31T12:00:00Z","#
                + #""history":[{"created":"2025-01-31T12:00:00Z","created_by":"test"},"#
                + #"{"comment":"none","empty_layer":true}],"os":"linux","rootfs":{"diff_ids":[],"type":"layers"}}"#)
    }

    @Test func emptySettingsAreLeftOut() throws {
        #expect(try CanonicalJSON.encode(ImageConfiguration.Execution(exposedPorts: [])) == Array("{}".utf8))
    }

    private struct Odd: Encodable {
        var big: UInt64 = 0
        var fractions: [Double] = []
        var absent: Int?
        var present: Int?? = .some(nil)
    }

    @Test func optionalsFollowCodable() throws {
        #expect(try CanonicalJSON.encode(Odd()) == Array(#"{"big":0,"fractions":[],"present":null}"#.utf8))
    }

    @Test func refusesWhatHasNoOneText() {
        #expect(throws: OCIError.notEncodable(path: "big")) { try CanonicalJSON.encode(Odd(big: .max)) }
        #expect(throws: OCIError.notEncodable(path: "fractions.0")) { try CanonicalJSON.encode(Odd(fractions: [1])) }
    }
}

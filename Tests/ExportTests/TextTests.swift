// SPDX-License-Identifier: Apache-2.0

import Export
import Foundation
import Testing
import Yams

@Suite("YAML and JSON as independent parsers read them")
struct TextTests {
    static let strings = [
        "", "a", "yes", "No", "on", "null", "~", "1", "1.5", "0x1f", "1e3", "-", "- a", "a: b", "a #b", "#a", "[a]",
        "{a}", "*a", "&a", "!a", "|", ">", "%a", "@a", "`a", "\"a\"", "'a'", "a\nb", " a ", "a\\b", "ä", "🐧", "/a/b:c",
        "${A:-1}", "12:30:45", "2026-01-01", "y", "NaN", ".inf", "=", "<<", "true", "a\tb", "\u{7f}", "\u{85}",
        "\u{9f}", "\u{2028}", "a\u{feff}b", "?", ",",
    ]

    private static func value(_ text: String) -> ExportedValue {
        let inner = ExportedValue.map([
            ExportedMember(key: text, value: .text(text)), ExportedMember(key: "other", value: .number(7)),
        ])
        return .map([
            ExportedMember(key: "list", value: .list([.text(text), .list([.text(text)]), inner, .flag(true)])),
            ExportedMember(key: "empty", value: .list([])), ExportedMember(key: "none", value: .map([])),
        ])
    }

    private static func check(_ parsed: Any?, _ text: String) {
        let root = ParsedValue(value: parsed)
        #expect(root["list"][0].text == text)
        #expect(root["list"][1][0].text == text)
        #expect(root["list"][2][text].text == text)
        #expect(root["list"][3].flag == true)
        #expect((root["empty"].value as? [Any])?.isEmpty == true)
        #expect(root["none"].keys.isEmpty && root["none"].value != nil)
    }

    @Test("YAML", arguments: strings)
    func yaml(text: String) throws {
        Self.check(try Yams.load(yaml: YAMLText.document(Self.value(text))), text)
    }

    @Test("JSON", arguments: strings)
    func json(text: String) throws {
        let bytes = Data(JSONText.document(Self.value(text)).utf8)
        Self.check(try JSONSerialization.jsonObject(with: bytes), text)
    }

    @Test("The style of YAML")
    func style() {
        let value = ExportedValue.map([
            ExportedMember(key: "a", value: .list([.text("x"), .map([ExportedMember(key: "b", value: .number(1))])])),
            ExportedMember(key: "c", value: .map([ExportedMember(key: "d", value: .text("1"))])),
        ])
        #expect(YAMLText.document(value) == "a:\n  - x\n  - b: 1\nc:\n  d: \"1\"\n")
    }
}

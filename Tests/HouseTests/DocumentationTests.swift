// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Every package declaration is documented")
struct DocumentationTests {
    /// Names whose meaning is defined by a documented protocol; repeating it in each conformance adds nothing.
    static let inherited: Set<String> = [
        "sentence", "hint", "details", "exitStatus", "description", "debugDescription", "errorDescription", "hash",
        "encode", "excerpt",
        "configuration", "run", "makeIterator", "next", "==", "<", "id",
    ]

    @Test("In the sources")
    func repository() throws {
        for file in try Repository.swiftFiles(below: "Sources") {
            for (line, text) in Self.undocumented(try Repository.text(file)) {
                Issue.record("\(file):\(line): no /// comment above: \(text)")
            }
        }
    }

    @Test(
        "The scanner finds violations",
        arguments: [
            ("/// A.\npackage struct A {}\n", 0),
            ("package struct A {}\n", 1),
            ("/// A.\n@discardableResult\npackage func a() {}\n", 0),
            ("@discardableResult package static func a() {}\n", 1),
            ("// A.\npackage init() {}\n", 1),
            ("package var sentence: String { \"\" }\n", 0),
            ("package init(from decoder: any Decoder) {}\n", 0),
            ("package init(stringLiteral value: String) {}\n", 0),
            ("package init?(fromHere value: String) {}\n", 1),
            ("package import Core\npackage extension A {}\nlet package = 1\n// package func a()\n", 0),
            ("/// A.\n\n\npackage let a = 1\n", 1),
        ])
    func scanner(source: String, count: Int) {
        #expect(Self.undocumented(source).count == count)
    }

    static func undocumented(_ source: String) -> [(line: Int, text: Substring)] {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        return BlankedSource(source).lines.enumerated().compactMap { index, code in
            guard let name = declaredName(code), !inherited.contains(name) else { return nil }
            let above = lines[..<index].last { !$0.drop { $0 == " " }.hasPrefix("@") } ?? ""
            return above.drop { $0 == " " }.hasPrefix("///") ? nil : (index + 1, lines[index].drop { $0 == " " })
        }
    }

    /// The name that a line of code declares with `package` access, if any.
    static func declaredName(_ code: String) -> String? {
        let declaration =
            #/
            ^\s* (?:@\w+(?:\([^)]*\))?\ )* (?:\w+\ )*? package\ (?:\w+(?:\(\w+\))?\ )*?
            (?:func|var|let|struct|enum|class|actor|protocol|typealias)\ `?(\w+|[=<>+\-*/!&|~^%]+)
            /#
        if let match = code.firstMatch(of: declaration) { return String(match.1) }
        guard code.contains(#/\bpackage (?:\w+ )*(?:init[?(<]|subscript\()/#) else { return nil }
        // Initialisers required by Decodable, the literal protocols, RawRepresentable and ExpressibleByArgument.
        let fixed = #/\binit\??\((?:from|rawValue|argument|\w+Literal)\b/#
        return code.contains(fixed) ? nil : "init"
    }
}

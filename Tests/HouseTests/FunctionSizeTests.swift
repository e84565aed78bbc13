// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Functions are short")
struct FunctionSizeTests {
    static let limit = 40

    @Test("No function is longer than 40 lines", arguments: ["Sources", "Tests"])
    func repository(directory: String) throws {
        for file in try Repository.swiftFiles(below: directory) {
            for function in FunctionScanner(BlankedSource(try Repository.text(file))).functions() {
                #expect(
                    function.length <= Self.limit,
                    "\(file):\(function.line): \(function.length) lines, the limit is \(Self.limit)")
            }
        }
    }

    @Test(
        "The scanner finds violations",
        arguments: [
            ("func a() {\n}\n", [2]),
            ("func a(_ b: () -> Int = { 1 }) throws\n    -> Int\n{\n1\n}\n", [5]),
            ("protocol P {\n  func a()\n  var b: Int { get }\n}\n", [1]),
            ("init() {\n  self.init(x)\n}\n", [3]),
            ("struct S { var stored: Int\n}\nvar computed: Int {\n  1\n}\n", [3]),
            ("func a() {\n  // }\n  let b = \"}\\(c { 1 })}\"\n}\n", [4]),
            ("func a() {\n  #\"\"\"\n  \"}\n  \"\"\"#\n}\n", [5]),
            ("func a() {\n  let r = /[}\"]/\n}\n", [3]),
            ("func a() {\n  func b() {\n  }\n}\n", [4, 2]),
        ])
    func scanner(source: String, lengths: [Int]) {
        #expect(FunctionScanner(BlankedSource(source)).functions().map(\.length) == lengths)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Engine
import Foundation
import Testing

@Suite("Text that shells and engines divide by bytes")
struct VariableAssignmentTests {
    /// Texts in which a combining mark follows a character that matters.
    private static let texts = [
        "it's", "", "a'\u{301}; echo injected; '", "$\u{301}x", "\\\u{301}", "\"\u{301},z", "\u{301}x", "\u{200D}z",
        "a=\u{301}",
    ]

    @Test("A quoted word is one word for a shell", arguments: texts)
    func quoted(text: String) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "printf '%s|' \(ShellWord.quote(text)) end"]
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(Array(bytes) == Array("\(text)|end|".utf8))
    }

    @Test("A variable is divided at its first equals sign", arguments: texts)
    func divided(text: String) {
        let assignment = VariableAssignment("NAME=" + text)
        #expect(assignment.name == "NAME" && assignment.value.map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test("A name alone has no value")
    func name() { #expect(VariableAssignment("NAME").value == nil && VariableAssignment("NAME").name == "NAME") }

    @Test("A scalar is replaced also in front of a combining mark")
    func replaced() {
        #expect("$\u{301}$".replacingScalar("$", with: "$$").unicodeScalars.map(\.value) == [36, 36, 0x301, 36, 36])
    }
}

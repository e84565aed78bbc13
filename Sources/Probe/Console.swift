// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard output, without Foundation.
enum Console {
    /// Writes one JSON line: `{"id":"...","outcome":"..."}`.
    static func report(_ id: String, _ outcome: ProbeOutcome) {
        line("{\"id\":\"\(escaped(id))\",\"outcome\":\"\(escaped(outcome.text))\"}")
    }

    /// Writes a line of text.
    static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

    /// Writes all bytes of `text`.
    static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// RFC 8259 section 7: quotation mark, backslash and control characters.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

// SPDX-License-Identifier: Apache-2.0

import Commands
import Core
import Testing

@Suite struct QuantityTests {
    @Test(
        arguments: [
            (0, "0.0 s"), (440, "0.4 s"), (9990, "9.9 s"), (10_000, "10 s"), (59_999, "59 s"), (65_000, "1 min 05 s"),
            (7_380_000, "2 h 03 min"), (-5, "0.0 s"),
        ])
    func times(_ milliseconds: Int, _ text: String) {
        #expect(QuantityText.time(.milliseconds(milliseconds)) == text)
    }

    @Test(arguments: [
        ("plain", "plain"), ("Grün €", "Grün €"), ("a\u{1B}[2Jb", "a?[2Jb"), ("a\r\nb", "a??b"), ("\u{9B}1m", "?1m"),
    ])
    func sanitized(_ text: String, _ shown: String) { #expect(text.sanitized == shown) }

    @Test(arguments: [
        ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abcd", 1, "…"), ("abcd", 0, ""),
    ])
    func truncated(_ text: String, _ width: Int, _ shown: String) { #expect(text.truncated(to: width) == shown) }
}

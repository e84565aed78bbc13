// SPDX-License-Identifier: Apache-2.0

import Core

extension Timestamp {
    /// Parses `Sat, 11 Jul 2026 10:16:37 UTC`, the format of release files; returns nil for other text.
    package init?(release text: some StringProtocol) {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ")
        guard words.count == 6, ["UTC", "GMT", "+0000"].contains(words[5]),
            let month = months.firstIndex(of: String(words[2]))
        else { return nil }
        self.init(year: words[3], month: "\(month + 1)", day: words[1], time: words[4])
    }

    /// Parses `20231216T210617Z`, the format of snapshot names.
    package init?(compact text: String) {
        let digits = Array(text)
        guard digits.count == 16 else { return nil }
        let date = [digits[0..<4], digits[4..<6], digits[6..<8]].map { String($0) }.joined(separator: "-")
        let time = [digits[9..<11], digits[11..<13], digits[13..<15]].map { String($0) }.joined(separator: ":")
        self.init(rfc3339: "\(date)\(digits[8])\(time)\(digits[15])")
    }

    /// `20260711T101637Z`, the format of snapshot.debian.org.
    var compact: String { description.filter { $0 != "-" && $0 != ":" } }
}

// SPDX-License-Identifier: Apache-2.0

import Core

/// A changelog entry on the release page: the update first, then the fixed vulnerabilities.
package struct NoteLine {
    /// The vulnerabilities at the beginning of the entry; empty when there are none.
    private let names: [Substring]
    private let isUnsure: Bool
    private let text: String

    /// Parses an entry.
    package init(_ entry: String) {
        let rest = entry.trimmingPrefix("Possibly ")
        let parts = rest.split(separator: ": ", maxSplits: 1)
        let names = parts.first?.split(separator: ", ") ?? []
        guard parts.count == 2, names.allSatisfy({ $0.wholeMatch(of: /CVE-[0-9]+-[0-9]+/) != nil }) else {
            (self.names, isUnsure, text) = ([], false, entry)
            return
        }
        (self.names, isUnsure, text) = (names, rest.count < entry.count, String(parts[1]))
    }

    /// The entry as an item of an HTML list.
    package var html: HTML {
        guard !names.isEmpty else { return "<li><span class=\"title\">\(text.withArrows)</span></li>\n" }
        let codes = names.map { name -> HTML in "<code>\(String(name))</code> " }
        let count = "\(isUnsure ? "possibly " : "")\(names.count) CVE\(names.count == 1 ? "" : "s")"
        return """
            <li><span class="title">\(text.withArrows)</span>\
            <span class="pill \(isUnsure ? "skipped" : "security")">\(count)</span><div class="names">\(codes)</div></li>

            """
    }
}

extension String {
    /// The string with typographic arrows between versions.
    var withArrows: String { replacing(" -> ", with: " \u{2192} ") }
}

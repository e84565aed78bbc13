// SPDX-License-Identifier: Apache-2.0

import Core

/// A line of the changelog as the page shows it: what was updated first, and then what that mends, name by name.
package struct NoteLine {
    /// The vulnerabilities that the line begins with; none for one that begins otherwise.
    private let names: [Substring]
    private let isUnsure: Bool
    private let text: String

    /// Takes a line apart.
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

    /// The line as an item of a list.
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
    /// The way from one version to another, as a page can write it.
    var withArrows: String { replacing(" -> ", with: " \u{2192} ") }
}

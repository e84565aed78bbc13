// SPDX-License-Identifier: Apache-2.0

import Core

extension VerifyReport {
    /// Renders the report as one HTML page without scripts, fonts or images, for small screens and dark mode. The same
    /// report produces the same bytes.
    package func html() -> [UInt8] { Array(page.markup.utf8) }

    private var page: HTML {
        HTML.document(
            title: "\(verdict) – \(name)", style: Self.style,
            body: """
                \(head)<main>
                \(claimsSection)\(imageSection)\(machineSection)\(othersSection)</main>
                <footer>\(Self.schema) · <code>opencode-docker verify --format html</code> runs this again, on your machine.\
                </footer>
                """)
    }

    private var name: String { subject.composition?.name ?? subject.image.description }

    private var verdict: String {
        let red = claims.count { $0.status == .red }
        switch (passed, red) {
        case (true, _): return "Every claim that was tried holds"
        case (false, 0): return "There are unexpected results"
        case (false, 1): return "1 claim does not hold"
        case (false, _): return "\(red) claims do not hold"
        }
    }

    private var head: HTML {
        let tiles = ClaimStatus.allCases.map { status -> HTML in
            let count = claims.count { $0.status == status }
            let empty: HTML = count == 0 ? " none" : ""
            return """
                <li class="tile \(status.rawValue)\(empty)"><b>\(count)</b><span>\(status.rawValue)</span></li>
                """
        }
        return """
            <header class="\(passed ? "green" : "red")">
            <p class="what">Security report</p>
            <h1>\(verdict)</h1>
            <p class="name">\(name)</p>
            <ul class="tiles" aria-label="Claims by status">\(tiles)</ul>
            <dl class="bound">
            \(Self.row("Image", code: subject.image.description))\
            \(Self.row("Profile", code: subject.profile.description))</dl>
            </header>

            """
    }

    /// One row of a list of names and values.
    static func row(_ name: String, _ value: String) -> HTML { "<div><dt>\(name)</dt><dd>\(value)</dd></div>\n" }

    static func row(_ name: String, code: String) -> HTML {
        "<div><dt>\(name)</dt><dd><code>\(code)</code></dd></div>\n"
    }
}

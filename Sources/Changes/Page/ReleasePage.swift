// SPDX-License-Identifier: Apache-2.0

import Core
import ImageDefinition
import Lockfile

/// What there is to say about a release, as one HTML page: what changed and what that mends, what a pull costs, what is
/// claimed, and every package.
package struct ReleasePage: Sendable {
    /// A layer, or another blob, of the new image.
    package struct Layer: Sendable, Hashable {
        /// What is in it.
        package let name: String
        /// Its size as it is stored.
        package let bytes: UInt64
        /// The size for people.
        package let text: String
        /// Whether somebody who has the image before has to fetch it.
        package let isFetched: Bool

        /// A layer of these properties.
        package init(name: String, bytes: UInt64, text: String, isFetched: Bool) {
            self.name = name
            self.bytes = bytes
            self.text = text
            self.isFetched = isFetched
        }
    }

    /// What a claim is, and what came of trying it.
    package struct Claim: Sendable, Hashable {
        /// `C` and two digits.
        package let id: String
        /// The promise in a few words.
        package let title: String
        /// What came of it: "green", "red", "skipped" or "stated"; for a claim that was not tried, how it is shown.
        package let verdict: String

        /// A claim with its verdict.
        package init(id: String, title: String, verdict: String) {
            self.id = id
            self.title = title
            self.verdict = verdict
        }
    }

    /// What is released, such as "opencode-docker 1.0.1".
    package let title: String
    /// The moment that the image is dated with.
    package let date: String
    /// What changed.
    package let report: UpdateReport
    /// The lines of the changelog.
    package let notes: ReleaseNotes
    /// The layers, lowest first.
    package let layers: [Layer]
    /// The bytes of a pull, for people, such as "12 MB of 210 MB, estimated".
    package let pull: String
    /// The claims in order.
    package let claims: [Claim]
    /// The packages of the platform, by name.
    package let packages: [LockedPackage]
    /// The platform, as OCI documents write it.
    package let platform: String

    /// Brings the parts together.
    package init(
        title: String, date: String, report: UpdateReport, notes: ReleaseNotes, layers: [Layer], pull: String,
        claims: [Claim], packages: [LockedPackage], platform: String
    ) {
        self.title = title
        self.date = date
        self.report = report
        self.notes = notes
        self.layers = layers
        self.pull = pull
        self.claims = claims
        self.packages = packages
        self.platform = platform
    }

    /// The page: one file, which loads nothing. The same release gives the same bytes.
    package func html() -> [UInt8] {
        let body: HTML = """
            \(head)<main>
            \(notesSection)\(evidenceSection)\(pullSection)\(claimsSection)\(packagesSection)</main>
            <footer>Made by <code>opencode-docker changelog --format html</code>. Nothing on this page was loaded from elsewhere.</footer>
            """
        return Array(HTML.document(title: title, style: Self.style, body: body).markup.utf8)
    }

    private var head: HTML {
        let fixed = Set(report.findings.flatMap(\.cves).map(\.id)).count
        let updates = report.changes.updates.count
        return """
            <header>
            <p class="what">Release</p>
            <h1>\(title)</h1>
            <p class="name">\(platform) · \(String(date.prefix(10)))</p>
            <ul class="tiles">
            <li><b>\(fixed)</b><span>\(fixed == 1 ? "vulnerability" : "vulnerabilities") mended</span></li>
            <li><b>\(updates)</b><span>\(updates == 1 ? "source" : "sources") updated</span></li>
            <li><b>\(packages.count)</b><span>packages</span></li>
            <li class="wide"><b>\(pull)</b><span>to pull, for those who have the version before</span></li>
            </ul>
            </header>

            """
    }
}

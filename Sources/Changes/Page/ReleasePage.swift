// SPDX-License-Identifier: Apache-2.0

import Core
import ImageDefinition
import Lockfile

/// An HTML page about a release: the changes and fixes, the size of a pull, the claims, and every package.
package struct ReleasePage: Sendable {
    /// A layer, or another blob, of the new image.
    package struct Layer: Sendable, Hashable {
        /// The name of the contents.
        package let name: String
        /// The stored size in bytes.
        package let bytes: UInt64
        /// The size as text.
        package let text: String
        /// Whether users of the previous image have to fetch it.
        package let isFetched: Bool

        /// Creates a layer.
        package init(name: String, bytes: UInt64, text: String, isFetched: Bool) {
            self.name = name
            self.bytes = bytes
            self.text = text
            self.isFetched = isFetched
        }
    }

    /// A claim with the result of its test.
    package struct Claim: Sendable, Hashable {
        /// `C` and two digits.
        package let id: String
        /// The claim in a few words.
        package let title: String
        /// The result: "green", "red", "skipped" or "stated"; for a claim that was not tested, how it is shown.
        package let verdict: String

        /// Creates a claim.
        package init(id: String, title: String, verdict: String) {
            self.id = id
            self.title = title
            self.verdict = verdict
        }
    }

    /// The name of the release, such as "opencode-docker 1.0.1".
    package let title: String
    /// The creation time of the image.
    package let date: String
    /// The changes and findings.
    package let report: UpdateReport
    /// The changelog entries.
    package let notes: ReleaseNotes
    /// The layers, lowest first.
    package let layers: [Layer]
    /// The size of a pull as text, such as "12 MB of 210 MB, estimated".
    package let pull: String
    /// The claims in order.
    package let claims: [Claim]
    /// The packages of the platform, sorted by name.
    package let packages: [LockedPackage]
    /// The platform, as in OCI documents.
    package let platform: String

    /// Creates the page.
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

    /// The page as one self-contained file. The output is deterministic.
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
            <li><b>\(fixed)</b><span>\(fixed == 1 ? "vulnerability" : "vulnerabilities") fixed</span></li>
            <li><b>\(updates)</b><span>\(updates == 1 ? "source" : "sources") updated</span></li>
            <li><b>\(packages.count)</b><span>packages</span></li>
            <li class="wide"><b>\(pull)</b><span>to pull when updating from the previous version</span></li>
            </ul>
            </header>

            """
    }
}

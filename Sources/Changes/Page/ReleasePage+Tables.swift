// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile

extension ReleasePage {
    /// The claims with their verdicts.
    var claimsSection: HTML {
        guard !claims.isEmpty else { return "" }
        let rows = claims.map { claim -> HTML in
            """
            <tr><td><code>\(claim.id)</code></td><td>\(claim.title)</td>\
            <td><span class="pill \(claim.verdict)">\(claim.verdict)</span></td></tr>

            """
        }
        return """
            <section>
            <h2>Claims</h2>
            <p class="note">What SECURITY.md promises, and how it is shown. <code>opencode-docker verify</code> tests it on your machine.</p>
            <div class="sheet"><table>
            <thead><tr><th>Claim</th><th>What</th><th>Shown by</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table></div>
            </section>

            """
    }

    /// Every package with its source and digest.
    var packagesSection: HTML {
        """
        <section>
        <h2>Packages</h2>
        <p class="note">All \(packages.count) packages, by the digest that the lock pins.</p>
        <details class="card">
        <summary><span class="title">Software bill of materials</span><span class="pill plain">\(packages.count)</span></summary>
        <table class="packages">
        <thead><tr><th>Package</th><th>Version</th><th>Source</th><th>SHA-256 of the .deb</th></tr></thead>
        <tbody>
        \(packages.map(row))</tbody>
        </table>
        </details>
        </section>

        """
    }

    private func row(_ package: LockedPackage) -> HTML {
        let isOwn = package.source == package.name && package.sourceVersion == package.version
        let source = isOwn ? "" : "\(package.source) \(package.sourceVersion)"
        return """
            <tr><td>\(package.name.text)</td><td>\(package.version.text)</td><td>\(source)</td>\
            <td><code>\(package.sha256.hex)</code></td></tr>

            """
    }
}

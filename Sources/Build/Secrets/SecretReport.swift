// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import SystemPackage

/// Says which secrets an image has in it, and whose scripts write what another build would have otherwise.
struct SecretReport {
    let finder: ScriptFinder

    /// How many files are named.
    private static let shown = 20

    /// One line for each finding, with the package and its script.
    ///
    /// - Throws: `FileError`.
    func warnings(about findings: [SecretSearch.Finding]) throws -> [String] {
        let lines = try findings.prefix(Self.shown).map { finding in
            let path = "/\(finding.path)"
            return
                "'\(path)' holds a \(finding.kind.rawValue) that everyone who pulls this image has; \(try origin(of: finding))."
        }
        let others = findings.count - lines.count
        guard !lines.isEmpty else { return [] }
        return lines + (others > 0 ? ["\(others) more files hold secrets."] : [])
            + ["Remove such files in image/configure, and let containers make their own (docs/first-start.md)."]
    }

    private func origin(of finding: SecretSearch.Finding) throws -> String {
        let writers = try finder.writers(of: finding.path)
        let scripts = writers.compactMap { worker in worker.script.map { "\($0.package)'s \($0.name)" } }
        if !scripts.isEmpty { return "\(scripts.joined(separator: " or ")) made it" }
        let named = try finder.scripts(naming: finding.path)
        return named.isEmpty ? "a package's script made it" : "\(named.joined(separator: " or ")) made it"
    }

    /// One line about packages whose scripts are known not to repeat themselves; `nil` where there are none.
    static func variation(in packages: [PackageFacts]) -> String? {
        let known = UnrepeatableScripts.among(packages.map(\.name))
        guard !known.isEmpty else { return nil }
        let names = known.map { "\($0.package) (\($0.path))" }.joined(separator: ", ")
        return "Another build of this lock has another digest: these packages' scripts write what differs: \(names)."
    }
}

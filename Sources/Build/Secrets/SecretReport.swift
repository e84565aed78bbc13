// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import SystemPackage

/// Reports the secrets in an image and the scripts that generated them.
struct SecretReport {
    let finder: ScriptFinder

    /// The maximum number of files in the report.
    private static let shown = 20

    /// One line for each finding, with the package and its script.
    ///
    /// - Throws: `FileError`.
    func warnings(about findings: [SecretSearch.Finding]) throws -> [String] {
        let secrets = findings.filter(\.kind.isSecret)
        let lines = try secrets.prefix(Self.shown).map { finding in
            let path = "/\(finding.path)"
            return
                "'\(path)' contains a \(finding.kind.rawValue) that all users of this image share; "
                + "\(try origin(of: finding))."
        }
        let others = secrets.count - lines.count
        guard !lines.isEmpty else { return [] }
        return lines + (others > 0 ? ["\(others) more files contain secrets."] : [])
            + ["Remove such files in image/configure, and let containers make their own (docs/first-start.md)."]
    }

    private func origin(of finding: SecretSearch.Finding) throws -> String {
        if ["etc/shadow", "etc/gshadow", "etc/passwd", "etc/group"].contains(finding.path.string) {
            let scripts = try finder.scripts(settingPasswordsIn: finding.path)
            return "\(scripts.isEmpty ? "a package's script" : scripts.joined(separator: " or ")) made it"
        }
        let writers = try finder.writers(of: finding.path)
        let scripts = writers.compactMap { worker in worker.script.map { "\($0.package)'s \($0.name)" } }
        if !scripts.isEmpty { return "\(scripts.joined(separator: " or ")) made it" }
        let named = try finder.scripts(naming: finding.path)
        return named.isEmpty ? "a package's script made it" : "\(named.joined(separator: " or ")) made it"
    }
}

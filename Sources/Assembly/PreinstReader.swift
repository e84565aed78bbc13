// SPDX-License-Identifier: Apache-2.0

import Archive

/// Finds the paths that a `preinst` mentions. dpkg runs this script before it unpacks the package; for a package that
/// was unpacked without dpkg, these paths are set aside while the script runs.
///
/// Variables with a fixed value are substituted. Lines that do not affect the package's own files on a fresh
/// installation are ignored: comments, dpkg-maintscript-helper(1), and dpkg-divert(1), which does not move files of the
/// diverting package.
package struct PreinstReader {
    /// Absolute paths as the script writes them; a path that ends in a pattern or an unknown variable is cut after its
    /// last slash.
    package let paths: Set<String>
    /// Words that may be names of programs: the script may look for the package's programs in `PATH`.
    package let words: Set<String>
    /// Whether the script contains only debhelper's snippets (dh_installdeb(1)), which touch only the configuration
    /// files that they move or remove.
    package let isHarmless: Bool

    /// Reads a script.
    package init(_ text: String) {
        var (paths, variables) = (Set<String>(), ["DPKG_ROOT": ""])
        var (words, isHarmless) = (Set<String>(), true)
        for line in text.replacing("\\\n", with: " ").split(separator: "\n") {
            let line = line.drop { $0 == " " || $0 == "\t" }
            guard !line.hasPrefix("#"), !line.contains("dpkg-maintscript-helper"), !line.contains("dpkg-divert") else {
                continue
            }
            if !Self.boilerplate.contains(String(line)) { isHarmless = false }
            let expanded = Self.expand(line, variables)
            words.formUnion(expanded.matches(of: /[A-Za-z0-9][A-Za-z0-9._+-]*/).map { String($0.0) })
            if let (name, value) = Self.assignment(expanded) {
                variables[name] = value
            } else {
                paths.formUnion(Self.paths(in: expanded))
            }
        }
        (self.paths, self.words, self.isHarmless) = (paths, words, isHarmless)
    }

    private static let boilerplate: Set<String> = ["set -e", "set -eu", "exit 0", ":", "true"]

    private static func expand(_ line: Substring, _ variables: [String: String]) -> Substring {
        line.replacing(/\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/) { match in
            variables[String(match.1 ?? match.2 ?? "")] ?? String(match.0)
        }
    }

    private static func assignment(_ line: Substring) -> (String, String)? {
        guard
            let match = line.wholeMatch(
                of: /(?:local |export |readonly )?([A-Za-z_][A-Za-z0-9_]*)=["']?([^"'$`\s;]*)["']?;?\s*/)
        else { return nil }
        return (String(match.1), String(match.2))
    }

    private static func paths(in line: Substring) -> [String] {
        line.matches(of: /\/[A-Za-z0-9._+@%:,~\/-]+/).compactMap { match in
            if let before = line[..<match.range.lowerBound].last,
                before.isLetter || before.isNumber || "._-}*?".contains(before)
            {
                return nil
            }
            var path = match.0
            if let after = line[match.range.upperBound...].first, "$*?[{".contains(after) {
                path = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
            }
            while path.last == "/" { path.removeLast() }
            return path.isEmpty ? nil : String(path)
        }
    }
}

extension PackageFiles {
    /// The topmost paths that the `preinst` of `package` mentions, including programs by their names, and that no other
    /// package ships. Of a directory that exists without the package (`StandardDirectories`), its files in it.
    ///
    /// - Throws: `ArchiveError`, `FileError`.
    func ownPathsInPreinst(of package: Package) throws -> [ArchivePath] {
        guard let script = try package.preinst else { return [] }
        let reader = PreinstReader(script)
        let spoken = Set(reader.paths.compactMap { try? Self.place(of: $0) })
        let conffiles = Set(try package.facts.conffiles.map { try Self.place(of: $0.path) })
        let standing = spoken.filter { StandardDirectories.contain($0) && !isCommon($0) }
        let own = Set(try package.listed.map { try Self.place(of: $0) })
            .filter { path in
                spoken.contains(path) || Self.isProgram(path) && reader.words.contains(path.name)
                    || standing.contains { path.hasPrefix($0) }
            }
            .filter { !isCommon($0) && !conffiles.contains($0) && !StandardDirectories.contain($0) }
        return own.filter { path in !own.contains { $0 != path && path.hasPrefix($0) } }.sorted()
    }

    /// Whether a shell finds the path by its name alone.
    private static func isProgram(_ path: ArchivePath) -> Bool {
        ["usr/bin", "usr/sbin", "usr/games"].contains(path.parent?.string)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A list of advisories of the security tracker, `data/DSA/list` or `data/DLA/list`.
///
/// An advisory is a line `[29 Mar 2023] DSA-5380-1 xorg-server - security update`, followed by indented lines: the
/// vulnerabilities in braces, and for each release `[bullseye] - xorg-server 2:1.20.11-1+deb11u6`.
package struct AdvisoryList: Sendable, Hashable {
    /// An advisory about one source of one release.
    package struct Advisory: Sendable, Hashable {
        /// The identifier.
        package let id: AdvisoryIdentifier
        /// The vulnerabilities that it lists; empty for the correction of an earlier advisory.
        package let cves: [CVEIdentifier]
        /// The source.
        package let source: PackageName
        /// The first fixed version.
        package let version: DebianVersion
    }

    /// The maximum size of a list in bytes; the longer of the two has 1 MB.
    package static let limit = 1 << 25
    private let advisories: [PackageName: [Advisory]]

    /// Parses the advisories of the release `codename`. Lines of other releases, notes, and versions such as
    /// `<not-affected>` are skipped.
    ///
    /// - Parameter file: The file's name in errors.
    /// - Throws: `DebianError.tooLarge`; `.malformedControl` for an unindented line that is not an advisory.
    package init(parsing bytes: [UInt8], codename: String, file: String) throws(DebianError) {
        guard bytes.count <= Self.limit else { throw .tooLarge(file: file, limit: Self.limit) }
        var found: [Advisory] = []
        var head: (id: AdvisoryIdentifier, cves: [CVEIdentifier])?
        var number = 0
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            guard let first = line.first else { continue }
            let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            if !isSpace(first) {
                guard let id = words.lazy.compactMap({ AdvisoryIdentifier($0) }).first, first == UInt8(ascii: "[")
                else {
                    throw .malformedControl(file: file, line: number, reason: "expected '[date] DSA-… source - …'")
                }
                head = (id, [])
            } else if words.first?.hasPrefix("{") == true {
                head?.cves += words.compactMap { CVEIdentifier($0.filter { $0 != "{" && $0 != "}" }) }
            } else if let head, words.count >= 4, words[0] == "[\(codename)]", words[1] == "-",
                let source = try? PackageName(words[2]), let version = try? DebianVersion(words[3])
            {
                found.append(Advisory(id: head.id, cves: head.cves, source: source, version: version))
            }
        }
        advisories = Dictionary(grouping: found, by: \.source)
    }

    /// The advisories about `source`, in the order of the list.
    package func advisories(on source: PackageName) -> [Advisory] { advisories[source] ?? [] }
}

// SPDX-License-Identifier: Apache-2.0

import Debian

/// The entries of a changelog that are new in an update, and the older ones.
struct ChangelogRange {
    /// The new entries, newest first.
    let new: ArraySlice<DebianChangelog.Entry>
    /// The older entries.
    let old: ArraySlice<DebianChangelog.Entry>
    /// Remarks about the range.
    let remarks: [FindingRemark]

    /// Splits `changelog` at the versions of an update.
    ///
    /// By position, not only by version order: a stable release's version (`3.0.19-1~deb12u1`) is based on one that
    /// sorts after it (`3.0.19-1`), whose entry is below its own and new as well. The first entry below the new version
    /// that does not sort after the old version is the first older one.
    init(_ changelog: DebianChangelog, from old: DebianVersion, to new: DebianVersion) {
        let entries = changelog.entries
        guard let start = changelog.index(of: new) else {
            (self.new, self.old) = ([], entries[...])
            remarks = entries.first.map { [.foreignChangelog(newest: $0.version)] } ?? []
            return
        }
        let end = entries[start...].firstIndex { $0.version.order(to: old) <= 0 }
        self.new = entries[start..<(end ?? entries.count)]
        self.old = entries[(end ?? entries.count)...]
        if let end {
            remarks = entries[end].version.order(to: old) == 0 ? [] : [.otherBranch]
        } else {
            remarks = changelog.isTrimmed ? entries.last.map { [.trimmed($0.version)] } ?? [] : [.otherBranch]
        }
    }

    /// Whether the older entries are complete.
    var isComplete: Bool { remarks.isEmpty }

    /// The newest upload to the security archive.
    var securityUpload: DebianVersion? {
        new.first { entry in entry.distributions.contains { $0.hasSuffix("-security") } }?.version
    }

    /// The vulnerabilities in older entries, with the newest version that names each.
    func namedBefore() -> [CVEIdentifier: DebianVersion] {
        var named: [CVEIdentifier: DebianVersion] = [:]
        for entry in old {
            for match in CVEScanner.matches(in: entry.lines.joined(separator: "\n")) where named[match.id] == nil {
                named[match.id] = entry.version
            }
        }
        return named
    }
}

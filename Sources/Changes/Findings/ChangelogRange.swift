// SPDX-License-Identifier: Apache-2.0

import Debian

/// The entries of a changelog that came with an update, and those that were there before.
struct ChangelogRange {
    /// New, newest first.
    let new: ArraySlice<DebianChangelog.Entry>
    /// What was there before.
    let old: ArraySlice<DebianChangelog.Entry>
    /// What to know of it.
    let remarks: [FindingRemark]

    /// Cuts `changelog` at the versions of an update.
    ///
    /// By place, not by order alone: a version for a stable release (`3.0.19-1~deb12u1`) is made from one that comes
    /// after it in dpkg's order (`3.0.19-1`), whose entry stands below its own and is new as well. The first entry from
    /// the new one down that is not after the old version is the first that was there before.
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

    /// Whether it can be said what was named before.
    var isComplete: Bool { remarks.isEmpty }

    /// The newest upload to the security archive.
    var securityUpload: DebianVersion? {
        new.first { entry in entry.distributions.contains { $0.hasSuffix("-security") } }?.version
    }

    /// The vulnerabilities that older entries name, with the newest version that does.
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

// SPDX-License-Identifier: Apache-2.0

import Debian

/// Evaluates the evidence about updates: changelogs, tracker, advisories.
struct UpdateEvidence {
    let changelogs: [SourceVersion: FoundChangelog]
    let security: SecurityRecords

    /// The finding about a source with a new version.
    func finding(of update: SourceUpdate) -> SourceFinding {
        if update.formerSource != nil { return bare(update, remarks: [.otherSource]) }
        if update.isBackwards { return bare(update, remarks: []) }
        if update.names.map(\.text) == [ChangeAnalyst.kernelHeaders] { return kernelHeaders(update) }
        var weighing = CVEWeighing()
        var remarks: [FindingRemark] = []
        var upload: DebianVersion?
        if let found = changelogs[SourceVersion(source: update.source, version: update.new)] {
            let range = ChangelogRange(found.changelog, from: update.old, to: update.new)
            weighing.take(range)
            remarks = range.remarks
            upload = range.securityUpload
        } else {
            remarks = [.noChangelog]
        }
        let advisories = security.advisories(on: update.source, after: update.old, to: update.new)
        weighing.take(advisories)
        weighing.take(fixes: security.fixes(of: update.source, after: update.old, to: update.new))
        remarks += weighing.disputes { security.fixed($0, in: update.source) }
        let cves = weighing.findings
        if cves.isEmpty, advisories.isEmpty, let upload { remarks.append(.silentSecurityUpload(upload)) }
        return SourceFinding(
            update: update, cves: cves, advisories: findings(advisories), rebuiltParts: [],
            dismissed: weighing.dismissed, remarks: remarks + weighing.reopened)
    }

    /// The finding about rebuilt packages: the fixes in the sources that are linked into them.
    func finding(ofRebuild update: SourceUpdate, parts: [RebuiltPart]) -> SourceFinding {
        if parts.isEmpty { return bare(update, remarks: [.plainRebuild]) }
        var cves: [CVEIdentifier: CVEFinding] = [:]
        for part in parts {
            for id in fixes(of: part) {
                cves[id] = CVEFinding(id: id, evidence: [.rebuild(part.source, part.new)], confidence: .low)
            }
        }
        return SourceFinding(
            update: update, cves: cves.values.sorted { $0.id < $1.id }, advisories: [], rebuiltParts: parts,
            dismissed: [], remarks: [])
    }

    /// The vulnerabilities that were fixed in a linked part since the previously linked version.
    private func fixes(of part: RebuiltPart) -> Set<CVEIdentifier> {
        guard let old = part.old else { return [] }
        var weighing = CVEWeighing()
        // The image may have a later version of the source than the linked one: its changelog contains both.
        let found = changelogs.first { $0.key.source == part.source && $0.value.changelog.index(of: part.new) != nil }
        if let found { weighing.take(ChangelogRange(found.value.changelog, from: old, to: part.new)) }
        weighing.take(security.advisories(on: part.source, after: old, to: part.new))
        weighing.take(fixes: security.fixes(of: part.source, after: old, to: part.new))
        return Set(weighing.findings.map(\.id))
    }

    private func bare(_ update: SourceUpdate, remarks: [FindingRemark]) -> SourceFinding {
        SourceFinding(update: update, cves: [], advisories: [], rebuiltParts: [], dismissed: [], remarks: remarks)
    }

    /// A container uses the host's kernel: a fix in the kernel's source has no effect through its header files.
    private func kernelHeaders(_ update: SourceUpdate) -> SourceFinding {
        let found = changelogs[SourceVersion(source: update.source, version: update.new)]
        let range = found.map { ChangelogRange($0.changelog, from: update.old, to: update.new) }
        let text = range?.new.flatMap(\.lines).joined(separator: "\n") ?? ""
        let names = Set(CVEScanner.matches(in: text).map(\.id)).sorted()
        return SourceFinding(
            update: update, cves: [], advisories: [], rebuiltParts: [],
            dismissed: names.map { DismissedMention(id: $0, version: update.new, reason: .kernel) },
            remarks: [.kernelHeaders])
    }

    private func findings(_ advisories: [AdvisoryList.Advisory]) -> [AdvisoryFinding] {
        Set(advisories.map { AdvisoryFinding(id: $0.id, version: $0.version, isRegression: $0.cves.isEmpty) })
            .sorted { $0.id < $1.id }
    }
}

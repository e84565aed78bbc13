// SPDX-License-Identifier: Apache-2.0

import Debian

extension UpdateReport {
    /// The evidence for each line: for every update its vulnerabilities with evidence and confidence, the dismissed
    /// mentions with reasons, and the gaps.
    package var explanation: String {
        let files = consulted.map { "consulted: \($0.kind) \($0.digest)\n" }.joined()
        return files + findings.map(\.explanation).joined(separator: "\n")
    }
}

extension SourceFinding {
    /// The evidence for this finding, one item per line.
    package var explanation: String {
        var lines = [update.sentence + ": " + (isSecurity ? "security" : "maintenance")]
        lines += advisories.map {
            "  \($0.id) is about version \($0.version)\($0.isRegression ? ", a correction" : "")"
        }
        lines += rebuiltParts.map {
            "  \($0.package) built with \($0.source) \($0.old?.text ?? "(not known)") -> \($0.new)"
        }
        for finding in cves {
            lines.append("  \(finding.id), confidence \(finding.confidence.rawValue)")
            lines += finding.evidence.map { "    \($0.sentence)" }
        }
        lines += notCounted.map { "  not counted: \($0)" }
        lines += remarks.map { "  note: \($0.sentence)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Grouped by reason: the kernel has thousands of mentions.
    var notCounted: [String] {
        var order: [DismissedMention.Reason] = []
        var names: [DismissedMention.Reason: [String]] = [:]
        for mention in dismissed {
            if names[mention.reason] == nil { order.append(mention.reason) }
            let name = mention.id.description
            if names[mention.reason]?.contains(name) != true { names[mention.reason, default: []].append(name) }
        }
        return order.map { reason in
            let all = names[reason] ?? []
            let told = all.prefix(20).joined(separator: ", ")
            return "\(told)\(all.count > 20 ? " and \(all.count - 20) more" : ""): \(reason.sentence)"
        }
    }
}

extension FixEvidence {
    /// The evidence as a clause.
    package var sentence: String {
        switch self {
        case .changelog(let version, let text): "changelog of \(version): \(text.prefix(300))"
        case .tracker(let version): "tracker: fixed in \(version)"
        case .advisory(let id, let version): "\(id): fixed in \(version)"
        case .rebuild(let source, let version): "built with \(source) \(version)"
        }
    }
}

extension DismissedMention.Reason {
    /// The reason as a clause.
    package var sentence: String {
        switch self {
        case .namedBefore(let version): "the older entry of \(version) names it"
        case .upstreamed: "a patch was removed"
        case .reverted: "the fix was reverted"
        case .regression: "a regression of its fix is fixed"
        case .unaffected: "the package is not affected"
        case .record: "only the wording of an earlier entry"
        case .kernel: "a kernel vulnerability, and the image has only the kernel's header files"
        }
    }
}

extension FindingRemark {
    /// The remark as a clause.
    package var sentence: String {
        switch self {
        case .noChangelog: "no package of this source in the image has a changelog"
        case .foreignChangelog(let newest): "the changelog ends with \(newest) and lacks this version"
        case .trimmed(let oldest): "incomplete: entries before \(oldest) were removed from the changelog"
        case .otherBranch: "the old version is not in the changelog: its fixes are not known"
        case .otherSource: "built from another source before: the fixes of that source are not known"
        case .silentSecurityUpload(let version): "\(version) was uploaded to the security archive, and no CVE is named"
        case .plainRebuild: "rebuilt, and the packages in the image are not linked with parts of other sources"
        case .kernelHeaders: "the kernel's header files: containers run on the host's kernel"
        case .disputed(let id, let version): "the tracker lists \(id) as fixed in \(version)"
        case .reopened(let id): "the fix of \(id) was reverted: it is open"
        }
    }
}

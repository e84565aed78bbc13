// SPDX-License-Identifier: Apache-2.0

import Debian

/// Collects the evidence for and against each vulnerability fix of an update.
struct CVEWeighing {
    private var evidence: [CVEIdentifier: [FixEvidence]] = [:]
    /// Vulnerabilities named in a changelog without a known history: they may have been fixed before.
    private var uncertain: Set<CVEIdentifier> = []
    private var disputed: Set<CVEIdentifier> = []
    private var reverted: Set<CVEIdentifier> = []
    private var mentions: [DismissedMention] = []

    /// Adds the changelog entries of the new versions, newest first.
    mutating func take(_ range: ChangelogRange) {
        let before = range.namedBefore()
        for entry in range.new {
            for mention in CVEMention.mentions(in: entry) {
                take(mention, of: entry.version, namedBefore: before[mention.id])
                if !range.isComplete { uncertain.insert(mention.id) }
            }
        }
    }

    private mutating func take(_ mention: CVEMention, of version: DebianVersion, namedBefore earlier: DebianVersion?) {
        let id = mention.id
        // A fix that a later entry, further up in the changelog, reverted does not count.
        if mention.reason == .reverted { reverted.insert(id) }
        let reason = mention.reason ?? (reverted.contains(id) ? .reverted : earlier.map { .namedBefore($0) })
        if let reason {
            let dismissed = DismissedMention(id: id, version: version, reason: reason)
            if !mentions.contains(dismissed) { mentions.append(dismissed) }
        } else {
            add(.changelog(version, text: mention.text), to: id)
        }
    }

    /// Adds the advisories that the update answers.
    mutating func take(_ advisories: [AdvisoryList.Advisory]) {
        for advisory in advisories {
            for id in advisory.cves { add(.advisory(advisory.id, advisory.version), to: id) }
        }
    }

    /// Adds the fixes recorded in the security tracker.
    mutating func take(fixes: [CVEIdentifier: DebianVersion]) {
        for (id, version) in fixes { add(.tracker(version), to: id) }
    }

    private mutating func add(_ new: FixEvidence, to id: CVEIdentifier) {
        if evidence[id]?.contains(new) != true { evidence[id, default: []].append(new) }
    }

    /// Compares the evidence with the tracker and returns the contradictions.
    ///
    /// - Parameter fixed: Returns the version in which a vulnerability was fixed according to the tracker.
    mutating func disputes(_ fixed: (CVEIdentifier) -> DebianVersion?) -> [FindingRemark] {
        var remarks: [FindingRemark] = []
        for (id, list) in evidence.sorted(by: { $0.key < $1.key }) {
            let hasTracker = list.contains { if case .tracker = $0 { true } else { false } }
            guard !hasTracker, let version = fixed(id) else { continue }
            disputed.insert(id)
            remarks.append(.disputed(id, trackerSays: version))
        }
        return remarks
    }

    /// The fixed vulnerabilities, sorted, with their confidence.
    var findings: [CVEFinding] {
        evidence.map { id, list in
            CVEFinding(id: id, evidence: list.sorted { $0.rank < $1.rank }, confidence: confidence(id, list))
        }.sorted { $0.id < $1.id }
    }

    private func confidence(_ id: CVEIdentifier, _ list: [FixEvidence]) -> Confidence {
        if disputed.contains(id) { return .low }
        let ranks = Set(list.map(\.rank))
        if ranks.contains(0), ranks.count > 1 { return .high }
        return ranks.contains(0) && uncertain.contains(id) ? .low : .medium
    }

    /// The mentions that do not count, sorted by name; without those that other evidence shows as fixed.
    var dismissed: [DismissedMention] {
        mentions.filter { evidence[$0.id] == nil }.sorted { ($0.id, $0.version) < ($1.id, $1.version) }
    }

    /// The vulnerabilities whose fix was reverted.
    var reopened: [FindingRemark] {
        reverted.filter { evidence[$0] == nil }.sorted().map { .reopened($0) }
    }
}

extension FixEvidence {
    /// The rank of the evidence, strongest first.
    fileprivate var rank: Int {
        switch self {
        case .changelog: 0
        case .advisory: 1
        case .tracker: 2
        case .rebuild: 3
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Claims
import Engine

extension HardeningDifference {
    /// The changes of the claims and their evidence: a removed claim, or less evidence for one, is weaker.
    static func changes(_ old: [Claim], _ new: [Claim]) -> [HardeningChange] {
        let before = Dictionary(old.map { ($0.id, $0) }) { first, _ in first }
        let after = Dictionary(new.map { ($0.id, $0) }) { first, _ in first }
        return Set(before.keys).union(after.keys).sorted().flatMap { id -> [HardeningChange] in
            switch (before[id], after[id]) {
            case (let one?, let other?): changes(one, other)
            case (nil, let other?): [change(.stronger, id, "the claim", "not claimed", other.title)]
            case (let one, nil): [change(.weaker, id, "the claim", one?.title ?? "", "not claimed")]
            }
        }
    }

    private static func changes(_ old: Claim, _ new: Claim) -> [HardeningChange] {
        var changes: [HardeningChange] = []
        if old.title != new.title { changes.append(change(.changed, new.id, "the wording", old.title, new.title)) }
        if old.proof != new.proof {
            let way: HardeningDirection = new.proof == .probe ? .stronger : .weaker
            changes.append(change(way, new.id, "the proof", old.proof.rawValue, new.proof.rawValue))
        }
        let lost = Set(old.probeNames).subtracting(new.probeNames).sorted()
        let won = Set(new.probeNames).subtracting(old.probeNames).sorted()
        if !lost.isEmpty {
            changes.append(change(.weaker, new.id, "the evidence", lost.joined(separator: ", "), "no longer probed"))
        }
        if !won.isEmpty {
            changes.append(change(.stronger, new.id, "the evidence", "not probed", won.joined(separator: ", ")))
        }
        return changes
    }

    private static func change(
        _ direction: HardeningDirection, _ id: String, _ what: String, _ before: String, _ after: String
    ) -> HardeningChange {
        HardeningChange(direction: direction, profile: nil, what: what, before: before, after: after, claims: [id])
    }
}

// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import ImageDefinition
import Lockfile

/// The last release compared with the current state.
struct Comparison {
    let report: UpdateReport
    let definition: [DefinitionChange]
    let hardening: HardeningDifference
    let files: [String]
    let unreleased: [ChangelogEntry]

    /// Compares all inputs of an image.
    init(
        old: ProjectState, new: ProjectState, lock: VersionsLock, files: [String], kind: DefinitionChange?,
        report: UpdateReport
    ) throws {
        self.report = report
        self.files = files
        definition = DefinitionChange.changes(from: old.definition, to: new.definition) + [kind].compactMap(\.self)
        hardening = try HardeningDifference(from: old.hardening, to: new.hardening)
        unreleased = try ChangelogDocument(parsing: new.changelog, file: ProjectState.changelogPath).unreleased
    }

    /// The changelog entries.
    var notes: ReleaseNotes { ReleaseNotes(of: report, hardening: hardening, definition: definition) }

    /// The step to the next version, and whether it includes the entries under Unreleased.
    ///
    /// In a nightly release of new packages these entries wait for a maintainer; but when the image itself was changed
    /// on the branch, the release contains that change, and its entries.
    ///
    /// - Throws: `ReleaseError.weaker`, `.tooSmall`, `.majorByNightly`.
    func decide(_ request: ReleaseRequest) throws -> (decision: VersionDecision, takesUnreleased: Bool) {
        let isOnlyPackages = definition.isEmpty && hardening.changes.isEmpty && files.isEmpty
        let takesUnreleased = request.occasion == .maintainer || !isOnlyPackages
        let decision = VersionDecision(
            changes: report.changes, definition: definition, hardening: hardening,
            unreleased: takesUnreleased ? unreleased : [], acceptedClaims: request.acceptedClaims,
            others: files.map { VersionReason(step: .patch, text: "\($0) changed") })
        guard decision.refused.isEmpty else {
            throw ReleaseError.weaker(decision.refused.map(\.sentence), claims: decision.claimsToAccept)
        }
        let because = decision.reasons.first?.text ?? ""
        if let asked = request.step, asked < decision.step {
            throw ReleaseError.tooSmall(asked: asked.rawValue, needed: decision.step.rawValue, because: because)
        }
        if request.occasion == .nightly, decision.step == .major { throw ReleaseError.majorByNightly(because) }
        return (decision, takesUnreleased)
    }
}

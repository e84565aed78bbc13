// SPDX-License-Identifier: Apache-2.0

import Core
import Debian

/// The evidence that an update fixes a vulnerability.
package enum FixEvidence: Sendable, Hashable {
    /// The package's own changelog names it in the entry of this version; `text` is the statement, on one line.
    case changelog(DebianVersion, text: String)
    /// Debian's security tracker lists it as fixed in this version.
    case tracker(DebianVersion)
    /// An advisory names it, for this version.
    case advisory(AdvisoryIdentifier, DebianVersion)
    /// The package was rebuilt with a linked part of this source that has the fix.
    case rebuild(PackageName, DebianVersion)
}

/// The confidence that an update fixes a vulnerability.
package enum Confidence: String, Sendable, Hashable, Comparable, CaseIterable {
    /// A rebuild against a fixed source; or only the changelog names it, and older entries, which may name it too, are
    /// missing.
    case low
    /// Named by the changelog, or by the tracker and the advisories.
    case medium
    /// Named by the maintainers' changelog and by the security team's tracker or an advisory.
    case high

    package static func < (left: Self, right: Self) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// A vulnerability that an update fixes.
package struct CVEFinding: Sendable, Hashable {
    /// The CVE identifier.
    package let id: CVEIdentifier
    /// The evidence, strongest first; never empty.
    package let evidence: [FixEvidence]
    /// The confidence.
    package let confidence: Confidence
}

/// An advisory that an update answers.
package struct AdvisoryFinding: Sendable, Hashable {
    /// The identifier of the advisory.
    package let id: AdvisoryIdentifier
    /// The fixed version in the advisory.
    package let version: DebianVersion
    /// Whether it corrects an earlier advisory and names no vulnerability itself.
    package let isRegression: Bool
}

/// A mention of a vulnerability that does not count as a fix, with the reason.
package struct DismissedMention: Sendable, Hashable {
    /// The reason why it does not count.
    package enum Reason: Sendable, Hashable {
        /// An older entry names it already.
        case namedBefore(DebianVersion)
        /// Its patch was removed, because it is in the upstream version or not needed.
        case upstreamed
        /// The fix was reverted.
        case reverted
        /// The entry fixes a regression of its fix.
        case regression
        /// The entry states that the package is not affected.
        case unaffected
        /// Only the text of an earlier entry was corrected.
        case record
        /// It affects the kernel, and the image has only the kernel's header files.
        case kernel
    }

    /// The CVE identifier.
    package let id: CVEIdentifier
    /// The version whose entry mentions it.
    package let version: DebianVersion
    /// The reason why it does not count.
    package let reason: Reason
}

/// A remark on how a finding was made.
package enum FindingRemark: Sendable, Hashable {
    /// No available package of the source has a changelog.
    case noChangelog
    /// The changelog has no entry for the installed version.
    case foreignChangelog(newest: DebianVersion)
    /// The changelog is truncated after this version, before the old one.
    case trimmed(DebianVersion)
    /// The old version is not in the changelog: it is on another branch, and may have fixes that the changelog does not
    /// list.
    case otherBranch
    /// The package was built from another source before; the fixes of that source are not known.
    case otherSource
    /// The version was uploaded to the security archive, and nothing names its fixes.
    case silentSecurityUpload(DebianVersion)
    /// A rebuild without linked parts in the packages of the image.
    case plainRebuild
    /// The kernel's header files: containers run on the host's kernel.
    case kernelHeaders
    /// The tracker lists this vulnerability as fixed in a version outside of the update.
    case disputed(CVEIdentifier, trackerSays: DebianVersion)
    /// The fix of this vulnerability was reverted: it is open again.
    case reopened(CVEIdentifier)
}

/// A source that is linked into a rebuilt package.
package struct RebuiltPart: Sendable, Hashable {
    /// The package.
    package let package: PackageName
    /// The source (`Built-Using`, Debian Policy 7.8, or `Static-Built-Using`).
    package let source: PackageName
    /// Its version in the old packages; nil when those are not available.
    package let old: DebianVersion?
    /// Its version in the new packages.
    package let new: DebianVersion
}

/// The finding about one update.
package struct SourceFinding: Sendable, Hashable {
    /// The update.
    package let update: SourceUpdate
    /// The vulnerabilities that it fixes, sorted.
    package let cves: [CVEFinding]
    /// The advisories that it answers, sorted.
    package let advisories: [AdvisoryFinding]
    /// The linked parts of rebuilt packages.
    package let rebuiltParts: [RebuiltPart]
    /// Mentions that do not count.
    package let dismissed: [DismissedMention]
    /// Remarks.
    package let remarks: [FindingRemark]

    /// Whether the update is a security update: it fixes vulnerabilities, answers an advisory, or was uploaded to the
    /// security archive. The archive that it was downloaded from is not evidence.
    package var isSecurity: Bool {
        !cves.isEmpty || !advisories.isEmpty
            || remarks.contains { if case .silentSecurityUpload = $0 { true } else { false } }
    }
}

/// The changes between two locks and the findings about them.
package struct UpdateReport: Sendable, Hashable {
    /// The changes.
    package let changes: ChangeSet
    /// The findings, one for each update in the same order.
    package let findings: [SourceFinding]
    /// The optional files that were evaluated.
    package let consulted: [ConsultedFile]

    /// Creates a report.
    package init(changes: ChangeSet, findings: [SourceFinding], consulted: [ConsultedFile]) {
        self.changes = changes
        self.findings = findings
        self.consulted = consulted
    }
}

/// A file of evidence beside the packages, recorded by its digest.
package struct ConsultedFile: Sendable, Hashable {
    /// The kind: "tracker", "DSA", "DLA".
    package let kind: String
    /// The digest of the file.
    package let digest: Digest

    /// Creates a record of a file.
    package init(kind: String, digest: Digest) {
        self.kind = kind
        self.digest = digest
    }
}

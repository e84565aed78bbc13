// SPDX-License-Identifier: Apache-2.0

import Core
import Debian

/// What shows that a vulnerability is mended by an update.
package enum FixEvidence: Sendable, Hashable {
    /// The package's own changelog says so, in the entry of that version; `text` is the place, on one line.
    case changelog(DebianVersion, text: String)
    /// Debian's security tracker says that it is fixed in that version.
    case tracker(DebianVersion)
    /// An advisory names it, for that version.
    case advisory(AdvisoryIdentifier, DebianVersion)
    /// The package was built again with a part of that source linked into it, which has the fix.
    case rebuild(PackageName, DebianVersion)
}

/// How sure it is that an update mends a vulnerability.
package enum Confidence: String, Sendable, Hashable, Comparable, CaseIterable {
    /// A rebuild against a mended source; or the changelog says so, and its past, which may have said it too, is
    /// missing.
    case low
    /// The changelog says so, or the tracker and the advisories do.
    case medium
    /// The maintainers' changelog says so, and the security team's tracker or an advisory does.
    case high

    package static func < (left: Self, right: Self) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// A vulnerability that an update mends.
package struct CVEFinding: Sendable, Hashable {
    /// Its name.
    package let id: CVEIdentifier
    /// What shows it, strongest first; never empty.
    package let evidence: [FixEvidence]
    /// How sure it is.
    package let confidence: Confidence
}

/// An advisory that an update answers.
package struct AdvisoryFinding: Sendable, Hashable {
    /// Its name.
    package let id: AdvisoryIdentifier
    /// The version that it speaks of.
    package let version: DebianVersion
    /// Whether it is about a mistake of an earlier one, and names no vulnerability itself.
    package let isRegression: Bool
}

/// A mention of a vulnerability that does not count as a fix, and why.
package struct DismissedMention: Sendable, Hashable {
    /// Why it does not count.
    package enum Reason: Sendable, Hashable {
        /// An entry that was there before names it already.
        case namedBefore(DebianVersion)
        /// A patch of it was taken out, because it is in the upstream version or not needed.
        case upstreamed
        /// The fix was taken back.
        case reverted
        /// What is mended is a mistake that came with its fix.
        case regression
        /// It says that the package is not affected.
        case unaffected
        /// Only the wording of an earlier entry was mended.
        case record
        /// It is about the kernel, and the image has the kernel's header files only.
        case kernel
    }

    /// Its name.
    package let id: CVEIdentifier
    /// The version whose entry mentions it.
    package let version: DebianVersion
    /// Why it does not count.
    package let reason: Reason
}

/// Something to know about how a finding came about.
package enum FindingRemark: Sendable, Hashable {
    /// No package of the source that could be had has a changelog.
    case noChangelog
    /// The changelog has no entry of the version that is installed.
    case foreignChangelog(newest: DebianVersion)
    /// The changelog was cut off after that version, before the old one.
    case trimmed(DebianVersion)
    /// The old version is not in the changelog: it is of another branch, and may have had fixes that it does not name.
    case otherBranch
    /// The package was built from another source before; what that one had is not known.
    case otherSource
    /// The version went to the security archive, and nothing says what it mends.
    case silentSecurityUpload(DebianVersion)
    /// A rebuild with nothing linked into the packages that are in the image.
    case plainRebuild
    /// The kernel's header files: the kernel that runs is the host's.
    case kernelHeaders
    /// The tracker says that this one was fixed by another version than those of the update.
    case disputed(CVEIdentifier, trackerSays: DebianVersion)
    /// The fix of this one was taken back: it is open again.
    case reopened(CVEIdentifier)
}

/// A source that was linked into a package that was built again.
package struct RebuiltPart: Sendable, Hashable {
    /// The package.
    package let package: PackageName
    /// The source (`Built-Using`, Debian Policy 7.8, or `Static-Built-Using`).
    package let source: PackageName
    /// Its version in the old packages; `nil` where those could not be had.
    package let old: DebianVersion?
    /// Its version in the new packages.
    package let new: DebianVersion
}

/// What is known about one update.
package struct SourceFinding: Sendable, Hashable {
    /// The update.
    package let update: SourceUpdate
    /// The vulnerabilities that it mends, in order.
    package let cves: [CVEFinding]
    /// The advisories that it answers, in order.
    package let advisories: [AdvisoryFinding]
    /// What the packages were built again with.
    package let rebuiltParts: [RebuiltPart]
    /// Mentions that do not count.
    package let dismissed: [DismissedMention]
    /// What to know besides.
    package let remarks: [FindingRemark]

    /// Whether the update is for security: it mends vulnerabilities, answers an advisory, or went to the security
    /// archive. Where it was downloaded from proves nothing.
    package var isSecurity: Bool {
        !cves.isEmpty || !advisories.isEmpty
            || remarks.contains { if case .silentSecurityUpload = $0 { true } else { false } }
    }
}

/// What changed between two locks, and what is known about it.
package struct UpdateReport: Sendable, Hashable {
    /// What changed.
    package let changes: ChangeSet
    /// One for each update, in the same order.
    package let findings: [SourceFinding]
    /// The optional files that were consulted, by what they are.
    package let consulted: [ConsultedFile]

    /// Puts a report together.
    package init(changes: ChangeSet, findings: [SourceFinding], consulted: [ConsultedFile]) {
        self.changes = changes
        self.findings = findings
        self.consulted = consulted
    }
}

/// A file beside the packages that findings rest on, pinned so that they can be had again.
package struct ConsultedFile: Sendable, Hashable {
    /// What it is: "tracker", "DSA", "DLA".
    package let kind: String
    /// The digest of the file as it was given.
    package let digest: Digest

    /// A file of that kind.
    package init(kind: String, digest: Digest) {
        self.kind = kind
        self.digest = digest
    }
}

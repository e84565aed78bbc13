// SPDX-License-Identifier: Apache-2.0

import ClaimVerification
import Core
import ImageBuilding
import OCI
import Release
import SystemPackage
import Verify

/// The stage verify for `release`.
struct ReleaseVerification: ReleaseVerifying {
    let settings: ReleaseSettings
    let host: BuildHost
    /// The possible paths of the probe.
    let probes: [FilePath]

    func verify(
        _ image: Image, definedIn directory: FilePath, progress: @escaping ProgressSink
    ) async throws -> VerifiedClaims {
        let inputs = try ImageInputs(below: directory)
        let tag = inputs.tag(base: settings.isBase)
        _ = try Publication(store: host.store, tags: [tag], epoch: inputs.lock.epoch).publish(
            [image], progress: progress)
        let verification = Verification(
            of: .init(.built(tag), name: tag, platform: image.platform), inputs: inputs, store: host.store,
            choice: .embedded, probes: probes, installs: settings.installs,
            archives: try host.sources.namedArchives(codename: inputs.lock.codename))
        let report = try await verification.report(progress: progress)
        guard report.passed else { throw ReleaseError.red(Self.red(report)) }
        let ids = { (status: ClaimStatus) in report.claims.filter { $0.status == status }.map(\.claim.id) }
        return VerifiedClaims(profile: report.subject.profile, green: ids(.green), skipped: ids(.skipped))
    }

    /// The failures: claims, or single findings that belong to no claim.
    private static func red(_ report: VerifyReport) -> [String] {
        let claims = report.claims.filter { $0.status == .red }.map(\.claim.id)
        return claims.isEmpty ? report.findings.filter { $0.verdict == .red }.map(\.probe) : claims
    }
}

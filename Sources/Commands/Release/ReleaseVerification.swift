// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import Debian
import OCI
import Release
import SystemPackage
import Verify

/// The stage verify for `release`.
struct ReleaseVerification: ReleaseVerifying {
    let installs: Bool
    let base: Bool
    let store: Store
    let environment: CommandEnvironment
    let downloads: DownloadOptions

    func verify(
        _ image: Image, definedIn directory: FilePath, progress: @escaping ProgressSink
    ) async throws -> VerifiedClaims {
        let inputs = try ImageInputs(below: directory)
        let tag = inputs.tag(base: base)
        _ = try Publication(store: store, tags: [tag], outputs: [], epoch: inputs.lock.epoch).publish(
            [image], progress: progress)
        let verification = Verification(
            inputs: inputs, store: store, environment: environment, image: .built(tag), name: tag,
            platform: image.platform, profile: "standard", installs: installs,
            archives: try downloads.namedArchives(codename: inputs.lock.codename, environment),
            choice: .embedded)
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

// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Signing

/// Verifies an image: signed by a trusted key for this name, not older than a version seen before, and checked for
/// updates recently. Every failed check is a refusal.
package struct ImageVerifier: Sendable {
    let trusted: TrustedRepository
    let platform: Platform
    let history: TrustHistory
    let now: Timestamp
    let rules: TrustRules

    /// Creates a verifier for the images of one repository.
    ///
    /// - Parameters:
    ///   - trusted: The repository and its keys.
    ///   - platform: The platform of the image.
    ///   - history: The earlier verifications on this machine.
    ///   - now: Seconds since 1970.
    package init(
        trusted: TrustedRepository, platform: Platform, history: TrustHistory, now: Int64, rules: TrustRules = .init()
    ) {
        self.trusted = trusted
        self.platform = platform
        self.history = history
        self.now = Timestamp(seconds: now)
        self.rules = rules
    }

    /// Verifies an image in its repository and records the result: the version, so that no older one is accepted later,
    /// and the evidence, so that `recall(_:)` works without the repository.
    ///
    /// - Parameter repository: The repository of the image; a mirror may have another name, but signatures are for the
    ///   trusted name.
    /// - Throws: `TrustError`, and the repository's errors; only the newest heartbeat is recorded then.
    package func verify(
        _ reference: ImageReference, in repository: any RepositoryReading
    ) async throws -> VerifiedImage {
        let recorder = EvidenceRecorder(repository, known: try history.evidence(for: reference))
        let image: VerifiedImage
        do { image = try await check(reference, in: recorder, isRecalled: false) } catch let error as TrustError {
            // A heartbeat by a trusted key is recorded even if the image is refused.
            if case .notFresh = error {
                try history.remember(nil, in: trusted.name, heartbeat: try await heartbeat(in: recorder))
            }
            throw error
        }
        try history.remember(image.version, in: trusted.name, heartbeat: try await heartbeat(in: recorder))
        try history.keep(await recorder.evidence, for: reference)
        return image
    }

    /// Verifies an image again from recorded evidence: without network, but with the current keys, versions and dates.
    ///
    /// - Throws: `TrustError.noEvidence` when it was never verified on this machine, and the errors of `verify`.
    package func recall(_ reference: ImageReference) async throws -> VerifiedImage {
        guard let evidence = try history.evidence(for: reference) else {
            throw TrustError.noEvidence(reference.description)
        }
        return try await check(reference, in: EvidenceRepository(evidence, name: trusted.name), isRecalled: true)
    }

    private func check(
        _ reference: ImageReference, in repository: any RepositoryReading, isRecalled: Bool
    ) async throws -> VerifiedImage {
        let name = reference.description
        let digest = try await resolve(reference, in: repository)
        let (manifest, configuration) = try await manifest(digest, name, in: repository)
        let (version, key) = try await SignatureSearch(trusted: trusted, now: now, repository: repository)
            .signature(of: digest, reference: reference)
        try checkVersion(version, reference)
        if let build = trusted.build { try await check(build, of: manifest, name, in: repository) }
        let freshness = Freshness(
            of: version, at: now, by: [try await heartbeat(in: repository), try history.heartbeat(of: trusted.name)])
        if rules.requiresFreshness, freshness.warning != nil { throw TrustError.notFresh(name, freshness) }
        return VerifiedImage(
            reference: reference, digest: digest, manifest: manifest, configuration: configuration, version: version,
            key: key, freshness: freshness, isRecalled: isRecalled)
    }

    private func checkVersion(_ version: SemanticVersion, _ reference: ImageReference) throws {
        let name = reference.description
        if let asked = reference.tag.flatMap({ SemanticVersion(ofImage: $0) }), asked != version {
            throw TrustError.otherVersion(name, signed: version)
        }
        for floor in [rules.floor, trusted.minimumVersion].compactMap(\.self) where version < floor {
            throw TrustError.tooOld(name, version, floor: floor)
        }
        if let seen = try history.highest(of: trusted.name), version < seen, !rules.allowsDowngrade {
            throw TrustError.downgrade(name, version, seen: seen)
        }
    }

    /// Whether a provenance by a trusted key meets the expectations of the trust file.
    private func check(
        _ build: ExpectedBuild, of manifest: Digest, _ name: String, in repository: any RepositoryReading
    ) async throws {
        var missing = build.first
        let bundles = AttachedBundles(repository: repository, sizeLimit: SigstoreBundle.sizeLimit)
        let said: Bool? = try await bundles.first(of: manifest) { found in
            let told = trusted.keys(at: now).lazy.compactMap { found.bundle.statement(signedBy: $0.key) }.first
            guard let told, told.predicateType == ExpectedBuild.predicateType,
                told.subjects.contains(where: { $0.digest == manifest })
            else { return nil }
            guard let demand = build.missing(in: told) else { return true }
            // The right builder with another source is the more specific reason.
            if case .source = demand { missing = demand }
            return nil
        }
        if said == nil { throw TrustError.otherBuild(name, missing) }
    }

    /// The newest heartbeat of the repository, if a trusted key signed it.
    private func heartbeat(in repository: any RepositoryReading) async throws -> Heartbeat? {
        try await trusted.heartbeat(in: repository, at: now)
    }
}

extension ImageReference {
    /// The reference without tag and digest, as the name of the repository.
    package var name: String { (registry.map { "\($0)/" } ?? "") + repository }
}

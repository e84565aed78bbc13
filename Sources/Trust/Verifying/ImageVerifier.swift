// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry
import Signing

/// What the caller asks of an image beyond a good signature.
package struct TrustRules: Hashable, Sendable {
    /// Whether a version older than one that was verified before is taken.
    package var allowsDowngrade: Bool
    /// Whether a heartbeat that is missing, over, or of a newer version is more than a warning.
    package var requiresFreshness: Bool
    /// The oldest version this program works with.
    package var floor: SemanticVersion?

    /// Puts rules together; the default is what a user gets who says nothing.
    package init(allowsDowngrade: Bool = false, requiresFreshness: Bool = false, floor: SemanticVersion? = nil) {
        self.allowsDowngrade = allowsDowngrade
        self.requiresFreshness = requiresFreshness
        self.floor = floor
    }
}

/// Finds out whether an image is the one its name says: made by a key that is trusted here, for this very name, not older
/// than what was seen before, and whether somebody looked for updates lately. Every doubt is a refusal.
package struct ImageVerifier: Sendable {
    let trusted: TrustedRepository
    let platform: Platform
    let history: TrustHistory
    let now: Timestamp
    let rules: TrustRules

    /// A verifier for the images of one repository.
    ///
    /// - Parameters:
    ///   - trusted: The repository and its keys.
    ///   - platform: The machine the image is for.
    ///   - history: What was verified here before.
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

    /// Verifies an image in its repository and writes down what was seen: the version, so that no older one is taken
    /// later, and the evidence, so that `recall(_:)` can do without the repository.
    ///
    /// - Parameter repository: Where the image is; a mirror's name may be another one, signatures are for the trusted name.
    /// - Throws: `TrustError`, and what the repository throws; then nothing was written down but the newest heartbeat.
    package func verify(
        _ reference: ImageReference, in repository: any RepositoryReading
    ) async throws -> VerifiedImage {
        let recorder = EvidenceRecorder(repository, known: try history.evidence(for: reference))
        let image: VerifiedImage
        do { image = try await check(reference, in: recorder, isRecalled: false) } catch let error as TrustError {
            // What a trusted key said of the time is true, whatever becomes of the image.
            if case .notFresh = error {
                try history.remember(nil, in: trusted.name, heartbeat: try await heartbeat(in: recorder))
            }
            throw error
        }
        try history.remember(image.version, in: trusted.name, heartbeat: try await heartbeat(in: recorder))
        try history.keep(await recorder.evidence, for: reference)
        return image
    }

    /// Verifies an image again from the evidence of an earlier time: nobody is asked, but keys, versions and dates count as
    /// they are now.
    ///
    /// - Throws: `TrustError.noEvidence` when it was never verified here, and what `verify` throws.
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

    /// The digest that is meant: asked once, and nothing but it is used after that.
    private func resolve(_ reference: ImageReference, in repository: any RepositoryReading) async throws -> Digest {
        let name = reference.description
        guard reference.name == trusted.name else { throw TrustError.unknownRepository(reference.name) }
        if let digest = reference.digest { return digest }
        guard let tag = reference.tag else { throw TrustError.noTag(name) }
        guard let digest = try await repository.digest(ofTag: tag) else { throw TrustError.noImage(name) }
        return digest
    }

    /// The manifest for this machine and its configuration, every document held against its digest.
    private func manifest(
        _ digest: Digest, _ name: String, in repository: any RepositoryReading
    ) async throws -> (Digest, Digest) {
        switch try await document(digest, name, in: repository) {
        case .image(let image): return (digest, image.config.digest)
        case .index(let index):
            guard let entry = index.preferred(for: platform) else {
                throw TrustError.noPlatform(platform, name)
            }
            guard case .image(let image) = try await document(entry.digest, name, in: repository) else {
                throw TrustError.wrongManifest(entry.digest)
            }
            return (entry.digest, image.config.digest)
        }
    }

    private func document(
        _ digest: Digest, _ name: String, in repository: any RepositoryReading
    ) async throws -> TopManifest {
        guard let stored = try await repository.manifest(.digest(digest)) else { throw TrustError.noImage(name) }
        guard stored.digest == digest, let document = try? TopManifest(parsing: stored.bytes) else {
            throw TrustError.wrongManifest(digest)
        }
        return document
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

    /// Whether a provenance of a trusted key says of the image what the trust file wants.
    private func check(
        _ build: ExpectedBuild, of manifest: Digest, _ name: String, in repository: any RepositoryReading
    ) async throws {
        var lacking = build.first
        let bundles = AttachedBundles(repository: repository, sizeLimit: SigstoreBundle.sizeLimit)
        let said: Bool? = try await bundles.first(of: manifest) { found in
            let told = trusted.keys(at: now).lazy.compactMap { found.bundle.statement(signedBy: $0.key) }.first
            guard let told, told.predicateType == ExpectedBuild.predicateType,
                told.subjects.contains(where: { $0.digest == manifest })
            else { return nil }
            guard let missing = build.lacking(in: told) else { return true }
            // The right builder with another source tells more than a stranger.
            if case .source = missing { lacking = missing }
            return nil
        }
        if said == nil { throw TrustError.otherBuild(name, lacking) }
    }

    /// The newest heartbeat that the repository has, if it is one of ours.
    private func heartbeat(in repository: any RepositoryReading) async throws -> Heartbeat? {
        try await trusted.heartbeat(in: repository, at: now)
    }
}

extension Freshness {
    /// What can be said of `version` at `now`, by the newest of the heartbeats that is not of the future.
    init(of version: SemanticVersion, at now: Timestamp, by heartbeats: [Heartbeat?]) {
        // Clocks differ; a day is more than they do.
        let latest = Timestamp(seconds: now.seconds + 86_400)
        let known = heartbeats.compactMap(\.self).filter { $0.checkedAt <= latest }
        guard let newest = known.max(by: { $0.checkedAt < $1.checkedAt }) else {
            self = .unknown
            return
        }
        if newest.validUntil < now {
            self = .stale(newest.checkedAt)
        } else if version < newest.version {
            self = .outdated(newest: newest.version, newest.checkedAt)
        } else {
            self = .fresh(newest.checkedAt)
        }
    }
}

extension ImageReference {
    /// The reference without tag and digest: what a repository is called.
    package var name: String { (registry.map { "\($0)/" } ?? "") + repository }
}

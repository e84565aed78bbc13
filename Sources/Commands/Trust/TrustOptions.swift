// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import OCI
import Registry
import Signing
import SystemPackage
import Trust

/// Whose images are taken, and how strictly.
struct TrustOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            The file with repositories and their publishers' keys; else opencode-docker/trust.json in the user's \
            configuration, else /etc/opencode-docker/trust.json. [environment: OPENCODE_DOCKER_TRUST]
            """, valueName: "file"))
    var trust: String?

    @Flag(
        name: .customLong("require-fresh"),
        help: """
            Refuse an image when nobody says that security updates were looked for lately, instead of warning. \
            [environment: OPENCODE_DOCKER_REQUIRE_FRESH=1]
            """)
    var requireFresh = false

    @Flag(
        name: .customLong("allow-downgrade"),
        help: "Take an older version than was verified here before. [environment: OPENCODE_DOCKER_ALLOW_DOWNGRADE=1]")
    var allowDowngrade = false

    /// The trust file; `nil` where nobody made one.
    ///
    /// - Throws: `TrustError.trustFile`, `FileError`.
    func file(_ surroundings: Surroundings) throws -> TrustFile? {
        if let trust { return try TrustFile(reading: FilePath(trust)) }
        let places = [surroundings.configurationFolder.pushing("opencode-docker/trust.json"), Self.systemFile]
        return try places.first { Files.exists($0) }.map { try TrustFile(reading: $0) }
    }

    private static let systemFile: FilePath = "/etc/opencode-docker/trust.json"

    /// A verifier for the images of a repository.
    func verifier(
        of trusted: TrustedRepository, for platform: Platform, _ surroundings: Surroundings
    ) -> ImageVerifier {
        ImageVerifier(
            trusted: trusted, platform: platform,
            history: TrustHistory(folder: surroundings.stateFolder.appending("trust")), now: surroundings.now,
            rules: TrustRules(
                allowsDowngrade: allowDowngrade, requiresFreshness: requireFresh,
                floor: try? SemanticVersion(Self.oldestVersion)))
    }

    /// Verifies an image of a repository that the trust file names, and says how fresh it is.
    ///
    /// - Throws: `CommandError.noTrustFile`, `TrustError`, and what the repository throws.
    func verified(
        _ reference: ImageReference, in repository: any RepositoryReading, for platform: Platform,
        _ surroundings: Surroundings, progress: @escaping ProgressSink
    ) async throws -> VerifiedImage {
        guard let file = try file(surroundings) else { throw CommandError.noTrustFile }
        let trusted = try file.repository(reference.name)
        let verified = try await verifier(of: trusted, for: platform, surroundings).verify(reference, in: repository)
        progress(.note("\(reference) is version \(verified.version), signed by \(verified.key.hex.prefix(12))."))
        if let warning = verified.freshness.warning { progress(.warning("\(reference): \(warning).")) }
        return verified
    }

    /// The oldest image that this program starts.
    private static let oldestVersion = "1.0.0"
}

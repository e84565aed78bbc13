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
    func file(_ environment: CommandEnvironment) throws -> TrustFile? {
        if let trust { return try TrustFile(reading: FilePath(trust)) }
        let places = [environment.configurationDirectory.pushing("opencode-docker/trust.json"), Self.systemFile]
        return try places.first { Files.exists($0) }.map { try TrustFile(reading: $0) }
    }

    private static let systemFile: FilePath = "/etc/opencode-docker/trust.json"

    /// A verifier for the images of a repository.
    func verifier(
        of trusted: TrustedRepository, for platform: Platform, _ environment: CommandEnvironment
    ) -> ImageVerifier {
        ImageVerifier(
            trusted: trusted, platform: platform,
            history: TrustHistory(directory: environment.stateDirectory.appending("trust")), now: environment.now,
            rules: TrustRules(
                allowsDowngrade: allowDowngrade, requiresFreshness: requireFresh,
                floor: try? SemanticVersion(Self.oldestVersion)))
    }

    /// Verifies an image of a repository that the trust file names, and says how fresh it is.
    ///
    /// - Throws: `CommandError.noTrustFile`, `TrustError`, and what the repository throws.
    func verified(
        _ place: RepositoryPlace, in repository: any RepositoryReading, for platform: Platform,
        _ environment: CommandEnvironment, progress: @escaping ProgressSink
    ) async throws -> VerifiedImage {
        guard let file = try file(environment) else { throw CommandError.noTrustFile }
        var refusal: TrustError?
        for reference in try await place.names(in: repository, trusted: file.repositories.map(\.name)) {
            let verifier = verifier(of: try file.repository(reference.name), for: platform, environment)
            do {
                let verified = try await verifier.verify(reference, in: repository)
                verified.tell(progress)
                return verified
            } catch let error as TrustError { refusal = refusal ?? error }
        }
        throw refusal ?? CommandError.noTrustFile
    }

    /// The oldest image that this program starts.
    private static let oldestVersion = "1.0.0"
}

extension RepositoryPlace {
    /// What the image may be called in signatures. A layout does not say which repository it stands for, unless its tag
    /// is a whole name: then it may be any of those that are `trusted`.
    ///
    /// - Throws: `CommandError.ambiguousLayout`, `TrustError.noImage`, and what the repository throws.
    fileprivate func names(in repository: any RepositoryReading, trusted: [String]) async throws -> [ImageReference] {
        switch self {
        case .registry(let reference): return [reference]
        case .layout(let directory, let written):
            let tag = try LayoutReference(directory: directory, tag: written).chosenTag()
            guard let digest = try await repository.digest(ofTag: tag) else {
                throw TrustError.noImage("oci:\(directory):\(tag)")
            }
            // What `build` and `pull` write has whole names for tags.
            if tag.contains(where: { ":/".contains($0) }) {
                let whole = try ImageReference(tag)
                guard whole.registry != nil else { throw TrustError.unknownRepository(tag) }
                return [try ImageReference("\(whole.name):\(whole.tag ?? "latest")@\(digest)")]
            }
            return try trusted.map { try ImageReference("\($0):\(tag)@\(digest)") }
        }
    }
}

extension VerifiedImage {
    /// Says what was found, under the name that was asked for.
    fileprivate func tell(_ progress: ProgressSink) {
        let name = reference.tag.map { "\(reference.name):\($0)" } ?? reference.description
        progress(.note("\(name) is version \(version), signed by \(key.hex.prefix(12))."))
        if let warning = freshness.warning { progress(.warning("\(name): \(warning).")) }
    }
}

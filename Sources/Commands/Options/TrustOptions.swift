// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Core
import Launching
import OCI
import Registry
import Signing
import SystemPackage
import Trust

/// The trusted publishers, and the strictness of verification.
struct TrustOptions: ParsableArguments {
    @Option(
        help: .init(
            """
            The file with repositories and their publishers' keys; default: opencode-docker/trust.json in the user's \
            configuration, else /etc/opencode-docker/trust.json. [environment: OPENCODE_DOCKER_TRUST]
            """, valueName: "file"), completion: .file())
    var trust: String?

    @Flag(
        name: .customLong("require-fresh"),
        help: """
            Refuse an image without a recent signed heartbeat, instead of warning. [environment: \
            OPENCODE_DOCKER_REQUIRE_FRESH=1]
            """)
    var requireFresh = false

    @Flag(
        name: .customLong("allow-downgrade"),
        help: "Accept an older version than was verified here before. [environment: OPENCODE_DOCKER_ALLOW_DOWNGRADE=1]")
    var allowDowngrade = false

    /// The trust file; `nil` when there is none.
    ///
    /// - Throws: `TrustError.trustFile`, `FileError`.
    func file(_ environment: CommandEnvironment) throws -> TrustFile? {
        if let trust { return try TrustFile(reading: FilePath(trust)) }
        let caller = environment.caller
        let own = caller.configurationDirectory.pushing("opencode-docker/trust.json")
        let places = [try caller.file(own, outside: caller.writtenTrees), Self.systemFile].compactMap(\.self)
        return try places.first { Files.exists($0) }.map { try TrustFile(reading: $0) }
    }

    private static let systemFile: FilePath = "/etc/opencode-docker/trust.json"

    /// A verifier for the images of a repository.
    func verifier(
        of trusted: TrustedRepository, for platform: Platform, _ environment: CommandEnvironment
    ) -> ImageVerifier {
        ImageVerifier(
            trusted: trusted, platform: platform,
            history: TrustHistory(directory: environment.caller.stateDirectory.appending("trust")),
            now: environment.now,
            rules: TrustRules(
                allowsDowngrade: allowDowngrade, requiresFreshness: requireFresh,
                floor: try? SemanticVersion(Self.oldestVersion)))
    }

    /// Verifies an image of a repository in the trust file, and reports its freshness.
    ///
    /// - Throws: `CommandError.noTrustFile`, `TrustError`, errors of the repository.
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

    /// The oldest image version that this program starts.
    private static let oldestVersion = "1.0.0"
}

extension RepositoryPlace {
    /// The possible names of the image in signatures. A layout does not record its repository, unless its tag is a full
    /// name: otherwise it may be any of the `trusted` ones.
    ///
    /// - Throws: `CommandError.ambiguousLayout`, `TrustError.noImage`, errors of the repository.
    fileprivate func names(in repository: any RepositoryReading, trusted: [String]) async throws -> [ImageReference] {
        switch self {
        case .registry(let reference): return [reference]
        case .layout(let directory, let written):
            let tag = try LayoutReference(directory: directory, tag: written).chosenTag()
            guard let digest = try await repository.digest(ofTag: tag) else {
                throw TrustError.noImage("oci:\(directory):\(tag)")
            }
            // Layouts written by `build` and `pull` have full names as tags.
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
    /// Reports the result under the requested name.
    fileprivate func tell(_ progress: ProgressSink) {
        let name = reference.tag.map { "\(reference.name):\($0)" } ?? reference.description
        progress(.note("\(name) is version \(version), signed by \(key.hex.prefix(12))."))
        if let warning = freshness.warning { progress(.warning("\(name): \(warning).")) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import ImageBuilding
import OCI
import Registry
import Signing
import Trust

/// Signs an image in a registry that was not published by `release`.
package struct ImageSigning: Sendable {
    private let name: String
    private let key: SigningKey
    private let tags: [String]
    private let version: String?
    private let toolVersion: String

    /// Creates a signing of the image `name`.
    ///
    /// - Parameters:
    ///   - tags: Further tags to sign for.
    ///   - version: The version; `nil` when the tag is one.
    ///   - toolVersion: The version of this program.
    package init(of name: String, key: SigningKey, tags: [String], version: String?, toolVersion: String) {
        self.name = name
        self.key = key
        self.tags = tags
        self.version = version
        self.toolVersion = toolVersion
    }

    /// Signs the index and each image in it, for every tag; returns the signed digest.
    ///
    /// - Parameters:
    ///   - inputs: The files that the image was built from, to publish its SBOM and provenance; `nil` for neither.
    ///   - includesPrograms: Whether the image has the programs.
    /// - Throws: `TrustError.noTag`, `.noImage`; `RegistryError`, `OCIError`.
    package func run(
        in settings: RegistrySettings, attesting inputs: ImageInputs?, includesPrograms: Bool,
        progress: @escaping ProgressSink
    ) async throws -> Digest {
        let reference = try ImageReference(name)
        let repository = try await RegistryRepository.connect(to: reference, for: .writing(), settings: settings)
        let digest = try await digest(of: reference, in: repository)
        let subjects = try await SignedSubjects.found(at: digest, in: repository)
        let tags = ([reference.tag].compactMap(\.self) + tags).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let publisher = SignaturePublisher(
            repository: repository, key: key, created: try await Self.created(subjects, in: repository),
            creator: "opencode-docker \(toolVersion)")
        progress(.began(step: "sign", total: nil, unit: .items))
        let published = try await publisher.publish(
            subjects, tags: tags,
            version: version ?? tags.first.map { SemanticVersion(ofImage: $0)?.description ?? $0 } ?? "",
            attestations: inputs.map { statements(subjects, repository.name, $0, includesPrograms) } ?? [])
        progress(.ended(step: "sign", summary: "\(tags.joined(separator: ", ")) in \(repository.name)"))
        return published.subjects.first?.digest ?? digest
    }

    private func digest(of reference: ImageReference, in repository: RegistryRepository) async throws -> Digest {
        if let digest = reference.digest { return digest }
        guard let tag = reference.tag else { throw TrustError.noTag(name) }
        guard let digest = try await repository.digest(ofTag: tag) else { throw TrustError.noImage(name) }
        return digest
    }

    /// The image's own date, so that signing again gives the same payloads; 1970 when it has none.
    private static func created(_ subjects: [Descriptor], in repository: RegistryRepository) async throws -> Int64 {
        for subject in subjects where subject.mediaType == .manifest {
            guard let stored = try await repository.manifest(.digest(subject.digest)),
                case .image(let manifest) = try TopManifest(parsing: stored.bytes)
            else { continue }
            let bytes = try await repository.blob(manifest.config.digest, limit: StoredManifest.sizeLimit)
            let created = try JSONValue(parsing: bytes)["created"]?.string
            if let time = created.flatMap({ try? Timestamp($0) }) { return time.seconds }
        }
        return 0
    }

    /// The statements about each image, for the platforms of the lock.
    private func statements(
        _ subjects: [Descriptor], _ repository: String, _ inputs: ImageInputs, _ includesPrograms: Bool
    ) -> [Statement] {
        subjects.filter { $0.mediaType == .manifest }.flatMap { subject in
            inputs.attested(
                platform: subject.platform ?? Platform.machine, includesPrograms: includesPrograms,
                manifest: subject.digest,
                repository: repository
            ).statements(about: subject.digest, toolVersion: toolVersion)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Attestation
import Core
import ImageBuilding
import OCI
import Registry
import Signing
import SystemPackage
import Trust

/// `sign`: signs an image in a registry.
struct SignCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign an image in a registry.",
        discussion: """
            Signs the index and each image in it, as a Sigstore bundle (cosign 3) and under the .sig tag (podman, \
            skopeo, older cosign), for the full name with each tag. With --attest, each image also gets its SPDX bill \
            of materials and its provenance, from versions.lock. Existing signatures of this key are kept. The output \
            is the digest that was signed; `release` does all of this itself.

            EXAMPLES
              opencode-docker sign registry.example/team/opencode:1.4.3 --key release.key
              opencode-docker sign r.example/a:1.4.3 --tag 1.4 --tag 1 --key release.key
              opencode-docker sign r.example/a@sha256:… --release 1.4.3 --key release.key
            """)

    @Argument(help: .init("The image: registry/path:tag or registry/path@sha256:….", valueName: "image"))
    var image: String

    @OptionGroup(title: "Key") var key: SigningKeyOptions

    @Option(
        help: .init(
            "A further tag to sign for; may be repeated. [environment: OPENCODE_DOCKER_TAG]", valueName: "tag"))
    var tag: [String] = []

    @Option(
        help: .init(
            "The version, if the tag is not one. [environment: OPENCODE_DOCKER_RELEASE]", valueName: "x.y.z"))
    var release: String?

    @Flag(help: "Also publish the bill of materials and the provenance. [environment: OPENCODE_DOCKER_ATTEST=1]")
    var attest = false

    @Flag(help: "The image has no agent. [environment: OPENCODE_DOCKER_BASE=1]")
    var base = false

    @OptionGroup(title: "Image") var inputs: ImageOptions
    @OptionGroup(title: "Registries") var registries: RegistryOptions
    @OptionGroup(title: "Console") var console: ConsoleOptions

    func run() async throws {
        let environment = CommandEnvironment.current
        let reference = try ImageReference(image)
        let signer = try key.load(environment)
        let repository = try await RegistryRepository.connect(
            to: reference, for: .writing(), settings: registries.settings(environment))
        let digest = try await digest(of: reference, in: repository)
        let subjects = try await SignedSubjects.found(at: digest, in: repository)
        let tags = ([reference.tag].compactMap(\.self) + tag).reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let publisher = SignaturePublisher(
            repository: repository, key: signer, created: try await created(subjects, in: repository),
            creator: "opencode-docker \(ProgramVersion.current)")
        let published = try await console.withProgress(environment: environment.variables) { progress in
            progress(.began(step: "sign", total: nil, unit: .items))
            let published = try await publisher.publish(
                subjects, tags: tags,
                version: release ?? tags.first.map { SemanticVersion(ofImage: $0)?.description ?? $0 } ?? "",
                attestations: attest ? try statements(subjects, repository.name, environment) : [])
            progress(.ended(step: "sign", summary: "\(tags.joined(separator: ", ")) in \(repository.name)"))
            return published
        }
        print(published.subjects.first?.digest.description ?? digest.description)
    }

    private func digest(of reference: ImageReference, in repository: RegistryRepository) async throws -> Digest {
        if let digest = reference.digest { return digest }
        guard let tag = reference.tag else { throw TrustError.noTag(image) }
        guard let digest = try await repository.digest(ofTag: tag) else { throw TrustError.noImage(image) }
        return digest
    }

    /// The image's own date, so that signing again gives the same payloads; 1970 when it has none.
    private func created(_ subjects: [Descriptor], in repository: RegistryRepository) async throws -> Int64 {
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
        _ subjects: [Descriptor], _ repository: String, _ environment: CommandEnvironment
    ) throws -> [Statement] {
        let inputs = try inputs.inputs(environment)
        return subjects.filter { $0.mediaType == .manifest }.flatMap { subject in
            let image = inputs.attested(
                platform: subject.platform ?? Platform.machine, includesAgent: !base, manifest: subject.digest,
                repository: repository)
            let builder = Provenance.Builder(
                id: Provenance.Builder.localID(homepage: image.homepage), toolVersion: ProgramVersion.current)
            return [
                SPDXDocument(image, tool: "opencode-docker-\(ProgramVersion.current)").statement(about: subject.digest),
                Provenance(image, source: nil, builder: builder).statement(about: subject.digest),
            ]
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Signing
import Testing
import Trust

@Suite("Builder and source of an image")
struct ExpectedBuildTests {
    private static let builder = "https://github.com/team/project/builder/github-actions/v1"
    private static let source = "https://github.com/team/project"

    private let scene = Scene()

    /// A provenance like that of `release`, with the members that are read.
    private func provenance(
        of digest: Digest, builder: String = ExpectedBuildTests.builder,
        uris: [String] = ["git+\(source)@refs/tags/v1.4.3"],
        type: String = "https://slsa.dev/provenance/v1"
    ) -> Statement {
        let sources = uris.map {
            JSONValue.object(["uri": .string($0), "digest": .object(["gitCommit": .string("0123")])])
        }
        let package = JSONValue.object([
            "uri": .string("https://deb.example/a.deb"), "digest": .object(["sha256": .string("00")]),
        ])
        return Statement(
            subjects: [.init(digest: digest)], predicateType: type,
            predicate: .object([
                "buildDefinition": .object(["resolvedDependencies": .array(sources + [package])]),
                "runDetails": .object(["builder": .object(["id": .string(builder)])]),
            ]))
    }

    private func verify(_ build: ExpectedBuild) async throws -> VerifiedImage {
        try await scene.verify(with: scene.verifier(build: build))
    }

    private func expectRefused(_ demand: BuildDemand, _ build: ExpectedBuild) async {
        await #expect(throws: TrustError.otherBuild("\(Scene.name):latest", demand)) { _ = try await verify(build) }
    }

    private func publish(_ statements: [Statement], by publisher: SignaturePublisher? = nil, _ subjects: [Descriptor])
        async throws
    {
        _ = try await (publisher ?? scene.publisher).publish(
            subjects, tags: ["1.4.3", "latest"], version: "1.4.3", attestations: statements)
    }

    private static let both = ExpectedBuild(builder: builder, source: source)

    @Test(
        "A provenance of the image itself by the trusted key counts; also without the registry")
    func said() async throws {
        let subjects = try await scene.release("1.4.3")
        try await publish([provenance(of: subjects[1].digest)], subjects)
        for build in [Self.both, .init(builder: Self.builder), .init(source: Self.source)] {
            #expect(try await verify(build).version == SemanticVersion(1, 4, 3))
        }
        let reference = try ImageReference("\(Scene.name):latest")
        #expect(try await scene.verifier(build: Self.both).recall(reference).isRecalled)
    }

    @Test("No provenance; another builder; another source, or an additional one")
    func lacking() async throws {
        let subjects = try await scene.release("1.4.3")
        await expectRefused(.builder(Self.builder), Self.both)
        await expectRefused(.source(Self.source), .init(source: Self.source))
        try await publish([provenance(of: subjects[1].digest, builder: "https://elsewhere/v1", uris: [])], subjects)
        await expectRefused(.builder(Self.builder), Self.both)
        await expectRefused(.source(Self.source), .init(source: Self.source))
        let uris = ["git+\(Self.source)@refs/tags/v1", "git+https://github.com/other/project@refs/heads/main"]
        try await publish([provenance(of: subjects[1].digest, uris: uris)], subjects)
        await expectRefused(.source(Self.source), Self.both)
        #expect(try await verify(.init(builder: Self.builder)).version == SemanticVersion(1, 4, 3))
    }

    @Test("A foreign key, another image, another predicate type")
    func strangers() async throws {
        let subjects = try await scene.release("1.4.3")
        let other = try await scene.release("1.4.2", tags: [])
        let stranger = SignaturePublisher(repository: scene.repository, key: .generate(), created: Scene.created)
        try await publish([provenance(of: subjects[1].digest)], by: stranger, subjects)
        try await publish([provenance(of: subjects[1].digest, type: "https://spdx.dev/Document")], subjects)
        try await publish([provenance(of: other[1].digest)], other)
        await expectRefused(.builder(Self.builder), Self.both)
    }
}

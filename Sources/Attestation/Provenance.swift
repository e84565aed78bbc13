// SPDX-License-Identifier: Apache-2.0

import Core
import Lockfile
import OCI
import Signing

/// SLSA provenance v1 (slsa.dev/provenance/v1) of an image: the lock, the .deb files, the signed indices and the
/// builder.
///
/// The builder holds the signing key, so this is Build L1: the provenance is a record and does not prevent tampering.
package struct Provenance: Sendable {
    /// The predicate type of the statement, `slsaprovenance1` in cosign.
    package static let predicateType = "https://slsa.dev/provenance/v1"

    /// The source repository of the project.
    package struct Source: Hashable, Sendable {
        /// A git URL, `git+https://…@refs/tags/v1.4.3`.
        package let uri: String
        /// The commit, in hexadecimal digits.
        package let commit: String

        /// Creates a source.
        package init(uri: String, commit: String) {
            self.uri = uri
            self.commit = commit
        }
    }

    /// The builder.
    package struct Builder: Hashable, Sendable {
        /// A URI for the trusted party of the build, such as a person's own machine or a CI system.
        package let id: String
        /// The version of this program.
        package let toolVersion: String
        /// The start of the build; nil for reproducible output.
        let startedOn: Timestamp?
        /// The end of the build; nil for reproducible output.
        let finishedOn: Timestamp?

        /// Creates a builder.
        package init(id: String, toolVersion: String, startedOn: Timestamp? = nil, finishedOn: Timestamp? = nil) {
            self.id = id
            self.toolVersion = toolVersion
            self.startedOn = startedOn
            self.finishedOn = finishedOn
        }

        /// The `id` of a build on an unidentified machine.
        package static func localID(homepage: String) -> String {
            AttestedImage.uri("builder/local/v1", homepage: homepage)
        }
    }

    /// The predicate.
    package let json: JSONValue

    /// The provenance of an image.
    ///
    /// - Parameter source: The source of the project's files; nil when they are not in a repository.
    package init(_ image: AttestedImage, source: Source?, builder: Builder) {
        let external: [String: JSONValue] = [
            "lock": .string("versions.lock"), "platform": .string(image.platform.description),
            "agent": .bool(image.includesPrograms),
        ]
        let inner: [String: JSONValue] = [
            "SOURCE_DATE_EPOCH": .integer(image.lock.epoch), "toolVersion": .string(builder.toolVersion),
        ]
        let definition: [String: JSONValue] = [
            "buildType": .string(AttestedImage.uri("build/v1", homepage: image.homepage)),
            "externalParameters": .object(external),
            "internalParameters": .object(inner),
            "resolvedDependencies": .array(Self.dependencies(of: image, source)),
        ]
        json = .object(["buildDefinition": .object(definition), "runDetails": builder.json])
    }

    /// The statement with this predicate for the manifest `digest`.
    package func statement(about digest: Digest) -> Statement {
        Statement(subjects: [.init(digest: digest)], predicateType: Self.predicateType, predicate: json)
    }

    private static func dependencies(of image: AttestedImage, _ source: Source?) -> [JSONValue] {
        func dependency(_ fields: [String: String], sha256: Digest, _ more: [String: JSONValue] = [:]) -> JSONValue {
            let digest = JSONValue.object(["sha256": .string(sha256.hex)])
            return .object(fields.mapValues(JSONValue.string).merging(more) { $1 }.merging(["digest": digest]) { $1 })
        }
        let git = source.map { source in
            JSONValue.object([
                "uri": .string(source.uri), "digest": .object(["gitCommit": .string(source.commit)]),
            ])
        }
        let lock = dependency(["name": "versions.lock"], sha256: Digest(of: image.lock.serialized()))
        let archives = image.lock.archives.map { archive in
            dependency(
                [
                    "name": "\(archive.id) InRelease",
                    "uri": image.address("dists/\(archive.id)/InRelease", in: archive.base),
                ],
                sha256: archive.inRelease, ["annotations": .object(["signer": .string(archive.signer)])])
        }
        let repositories = image.lock.choices.repositories.map { repository in
            dependency(
                ["name": "\(repository.name) InRelease", "uri": repository.inReleaseAddress],
                sha256: repository.inRelease, ["annotations": .object(["signer": .string(repository.signer)])])
        }
        let packages = image.packages.map { package in
            let purl = JSONValue.string(image.packageURL(of: package).description)
            let place = image.address(of: package).map { ["uri": $0] } ?? [:]
            return dependency(
                place.merging(["name": package.name.text]) { $1 },
                sha256: package.sha256, ["annotations": .object(["purl": purl])])
        }
        let artifacts = image.artifacts.map { artifact in
            dependency(["name": artifact.name, "uri": artifact.url], sha256: artifact.sha256)
        }
        return [git].compactMap(\.self) + [lock] + archives + repositories + packages + artifacts
    }
}

extension Provenance.Builder {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "builder": .object([
                "id": .string(id), "version": .object(["opencode-docker": .string(toolVersion)]),
            ])
        ]
        var times: [String: JSONValue] = [:]
        if let startedOn { times["startedOn"] = .string(startedOn.description) }
        if let finishedOn { times["finishedOn"] = .string(finishedOn.description) }
        if !times.isEmpty { members["metadata"] = .object(times) }
        return .object(members)
    }
}

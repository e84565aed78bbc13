// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// An in-toto Statement v1: a claim about contents that are named by digest (in-toto attestation framework,
/// spec/v1/statement.md).
package struct Statement: Hashable, Sendable {
    /// The subject of a statement (spec/v1/resource_descriptor.md, the used fields).
    package struct Subject: Hashable, Sendable {
        /// A name; `nil` when the digest is enough.
        package let name: String?
        /// The digest of the content.
        package let digest: Digest
        /// Annotations, which `cosign verify -a` and `ImageVerifier` compare.
        package let annotations: [String: String]

        /// Creates a subject.
        package init(name: String? = nil, digest: Digest, annotations: [String: String] = [:]) {
            self.name = name
            self.digest = digest
            self.annotations = annotations
        }
    }

    /// The type of every statement.
    package static let type = "https://in-toto.io/Statement/v1"
    /// The payload type of a statement in a DSSE envelope.
    package static let payloadType = "application/vnd.in-toto+json"
    /// The most subjects, as in cosign.
    private static let subjectLimit = 1024

    /// The subjects.
    package let subjects: [Subject]
    /// The predicate type: a URI that is compared literally.
    package let predicateType: String
    /// The predicate, an object.
    package let predicate: JSONValue

    /// Creates a statement.
    package init(subjects: [Subject], predicateType: String, predicate: JSONValue) {
        self.subjects = subjects
        self.predicateType = predicateType
        self.predicate = predicate
    }

    /// The canonical, signed encoding.
    package var bytes: [UInt8] {
        JSONValue.object([
            "_type": .string(Self.type), "predicateType": .string(predicateType), "predicate": predicate,
            "subject": .array(subjects.map(\.json)),
        ]).canonical()
    }

    /// Parses a statement strictly: no unknown field, a SHA-256 digest for each subject.
    ///
    /// - Throws: `SigningError.malformed`.
    package init(parsing bytes: [UInt8], limit: Int = SigstoreBundle.sizeLimit) throws {
        var fields = try Fields(parsing: bytes, .statement, limit: limit)
        try fields.expect("_type", Self.type)
        predicateType = try fields.string("predicateType")
        predicate = fields.take("predicate") ?? .object([:])
        guard case .object = predicate else { throw fields.fault("'predicate' is not an object") }
        subjects = try fields.list("subject", limit: Self.subjectLimit).map(Subject.init(json:))
        guard !subjects.isEmpty else { throw fields.fault("it has no subject") }
        try fields.end()
    }
}

extension Statement.Subject {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = ["digest": .object(["sha256": .string(digest.hex)])]
        if let name { members["name"] = .string(name) }
        if !annotations.isEmpty { members["annotations"] = .object(annotations.mapValues(JSONValue.string)) }
        return .object(members)
    }

    fileprivate init(json: JSONValue) throws {
        var fields = try Fields(json, .statement, at: "a subject")
        name = try fields.optionalString("name")
        let digests = try fields.texts("digest")
        guard let hex = digests["sha256"], let digest = try? Digest(hex: hex) else {
            throw fields.fault("a subject has no SHA-256 digest")
        }
        self.digest = digest
        annotations = try fields.texts("annotations")
        for other in ["uri", "downloadLocation", "mediaType", "content"] { _ = try fields.optionalString(other) }
        try fields.end()
    }
}

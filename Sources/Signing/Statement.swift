// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// An in-toto Statement v1: something that is said about contents named by digest (in-toto attestation framework,
/// spec/v1/statement.md).
package struct Statement: Hashable, Sendable {
    /// What the statement is about (spec/v1/resource_descriptor.md, as far as it is used here).
    package struct Subject: Hashable, Sendable {
        /// A name for people; `nil` where the digest says it all.
        package let name: String?
        /// The content.
        package let digest: Digest
        /// What `cosign verify -a` and our own verifier compare.
        package let annotations: [String: String]

        /// Puts a subject together.
        package init(name: String? = nil, digest: Digest, annotations: [String: String] = [:]) {
            self.name = name
            self.digest = digest
            self.annotations = annotations
        }
    }

    /// The type of every statement.
    package static let type = "https://in-toto.io/Statement/v1"
    /// What a DSSE envelope calls a statement.
    package static let payloadType = "application/vnd.in-toto+json"
    /// As many subjects as cosign reads.
    private static let subjectLimit = 1024

    /// What it is about.
    package let subjects: [Subject]
    /// What kind of thing is said: a URI that is compared as it is.
    package let predicateType: String
    /// What is said; an object.
    package let predicate: JSONValue

    /// Puts a statement together.
    package init(subjects: [Subject], predicateType: String, predicate: JSONValue) {
        self.subjects = subjects
        self.predicateType = predicateType
        self.predicate = predicate
    }

    /// The one way it is written, and therefore signed.
    package var bytes: [UInt8] {
        JSONValue.object([
            "_type": .string(Self.type), "predicateType": .string(predicateType), "predicate": predicate,
            "subject": .array(subjects.map(\.json)),
        ]).canonical()
    }

    /// Reads a statement strictly: no field it does not have, a SHA-256 digest for each subject.
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

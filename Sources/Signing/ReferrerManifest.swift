// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// The manifest that attaches a Sigstore bundle to an image: an artifact whose `subject` is the image's manifest (OCI
/// image-spec, manifest.md, "Guidelines for Artifact Usage"; cosign's bundle specification for referrers).
package struct ReferrerManifest: Hashable, Sendable {
    /// The empty object in the place of an image's configuration (manifest.md, "Guidance for an Empty Descriptor").
    package static let emptyConfiguration: [UInt8] = Array("{}".utf8)
    /// The type of that object.
    private static let emptyType = "application/vnd.oci.empty.v1+json"
    /// The annotation with the predicate type. It is not signed, and only used to try the likely bundle first.
    private static let predicateTypeKey = "dev.sigstore.bundle.predicateType"
    /// The prefix of every bundle's media type.
    private static let bundlePrefix = "application/vnd.dev.sigstore.bundle"

    /// The bundle's blob.
    package let bundle: Digest
    /// The bundle's size, from the manifest.
    package let bundleSize: Int64
    /// The predicate type of the bundle, from the manifest; `nil` without one.
    package let predicateType: String?
    /// The image's manifest; `nil` for a manifest that only has a tag.
    package let subject: Digest?

    /// Encodes the manifest of `bundle`.
    ///
    /// - Parameters:
    ///   - predicateType: The predicate type of the statement in the bundle.
    ///   - subject: The image's manifest or index; without one the manifest is no referrer.
    ///   - created: The release's date, so that the bytes are reproducible.
    package static func bytes(
        of bundle: [UInt8], predicateType: String, subject: Descriptor?, created: Timestamp
    ) -> [UInt8] {
        let annotations: [String: String] = [
            "org.opencontainers.image.created": created.description, "dev.sigstore.bundle.content": "dsse-envelope",
            predicateTypeKey: predicateType,
        ]
        var members: [String: JSONValue] = [
            "schemaVersion": .integer(2), "mediaType": .string(MediaType.manifest.rawValue),
            "artifactType": .string(SigstoreBundle.mediaType),
            "config": descriptor(emptyType, Digest(of: emptyConfiguration), emptyConfiguration.count),
            "layers": .array([descriptor(SigstoreBundle.mediaType, Digest(of: bundle), bundle.count)]),
            "annotations": .object(annotations.mapValues(JSONValue.string)),
        ]
        if let subject {
            members["subject"] = descriptor(subject.mediaType.rawValue, subject.digest, Int(subject.size))
        }
        return JSONValue.object(members).canonical()
    }

    /// Parses such a manifest; unneeded members are ignored, because they differ between tools.
    ///
    /// - Throws: `SigningError.malformed` for a manifest without exactly one bundle.
    package init(parsing bytes: [UInt8]) throws {
        var fields = try Fields(parsing: bytes, .referrer, limit: 4 << 20)
        var layer = try Fields(try fields.list("layers", limit: 1).first, .referrer, at: "the layer")
        guard try layer.string("mediaType").hasPrefix(Self.bundlePrefix) else {
            throw layer.fault("its layer is no bundle")
        }
        bundle = try layer.digest("digest")
        bundleSize = try layer.integer("size")
        let subject = fields.take("subject")
        self.subject = try subject.map { value in
            var fields = try Fields(value, .referrer, at: "the subject")
            return try fields.digest("digest")
        }
        predicateType = fields.take("annotations")?[Self.predicateTypeKey]?.string
    }

    private static func descriptor(_ type: String, _ digest: Digest, _ size: Int) -> JSONValue {
        .object(["mediaType": .string(type), "digest": .string(digest.description), "size": .integer(Int64(size))])
    }
}

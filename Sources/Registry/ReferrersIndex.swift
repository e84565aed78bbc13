// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// The index of a registry without the referrers API (OCI distribution-spec, "Referrers Tag Schema"): the manifests
/// whose subject is one digest, under a tag with that digest.
struct ReferrersIndex {
    /// The entries as written, also those of other tools.
    private var entries: [JSONValue]
    /// The other members of the index.
    private var members: [String: JSONValue]

    /// The tag for the referrers of `subject`: `sha256-<hex>`.
    static func tag(for subject: Digest) -> String { "sha256-\(subject.hex)" }

    /// Parses the document under the tag; without one the index is empty.
    ///
    /// - Parameter place: The tag's place, for the message.
    /// - Throws: `RegistryError.foreignReferrers` when it is no OCI index: another tool's tag, which must not be
    ///   overwritten.
    init(_ bytes: [UInt8]?, from place: String) throws(RegistryError) {
        guard let bytes else {
            entries = []
            members = ["schemaVersion": .integer(2), "mediaType": .string(ManifestType.index)]
            return
        }
        guard let manifest = try? StoredManifest(checking: bytes, announced: nil, from: place),
            manifest.mediaType == ManifestType.index,
            case .object(let document)? = try? JSONValue(parsing: bytes, limit: StoredManifest.sizeLimit),
            let list = document["manifests"]?.array ?? (document["manifests"] == .null ? [] : nil)
        else { throw .foreignReferrers(place) }
        entries = list
        members = document
    }

    /// The digests of the entries, sorted, each once; entries with another digest algorithm are skipped.
    var digests: [Digest] {
        Set(entries.compactMap { $0["digest"]?.string.flatMap { try? Digest($0) } }).sorted()
    }

    /// Adds the missing ones of `manifests`, sorted by digest.
    ///
    /// - Returns: Whether any was added.
    mutating func add(_ manifests: [StoredManifest]) -> Bool {
        let known = Set(digests)
        let new = Dictionary(manifests.map { ($0.digest, $0) }) { first, _ in first }.values
            .filter { !known.contains($0.digest) }.sorted { $0.digest < $1.digest }
        entries += new.map(Self.descriptor)
        return !new.isEmpty
    }

    /// The document to write under the tag.
    func serialized() -> [UInt8] {
        var document = members
        document["manifests"] = .array(entries)
        return JSONValue.object(document).canonical()
    }

    /// "The artifactType … and all annotations MUST be copied" (distribution-spec, "Pushing Manifests with Subject").
    private static func descriptor(of manifest: StoredManifest) -> JSONValue {
        let document = try? JSONValue(parsing: manifest.bytes)
        var members: [String: JSONValue] = [
            "mediaType": .string(manifest.mediaType), "digest": .string(manifest.digest.description),
            "size": .integer(Int64(manifest.bytes.count)),
        ]
        members["artifactType"] = document?["artifactType"] ?? document?["config"]?["mediaType"]
        members["annotations"] = document?["annotations"]
        return .object(members)
    }
}

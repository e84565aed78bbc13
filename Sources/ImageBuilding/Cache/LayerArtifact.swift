// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import OCI
import Registry

/// A finished layer as an artifact in a repository: its record is the configuration, its blob the only layer (OCI
/// image-spec, manifest.md, "Guidelines for Artifact Usage").
struct LayerArtifact {
    /// The artifact type, which is the media type of the configuration.
    static let type = "application/vnd.opencode-docker.layer-record.v1+json"

    let record: [UInt8]
    let blob: RemoteBlob
    let manifest: StoredManifest

    /// The artifact of `record`.
    ///
    /// - Throws: `OCIError.notEncodable`.
    init(_ record: LayerRecord) throws {
        let document = try record.serialized()
        let layer = record.layer.descriptor
        let members: [String: JSONValue] = [
            "schemaVersion": .integer(2), "mediaType": .string(ManifestType.manifest),
            "artifactType": .string(Self.type),
            "config": Self.descriptor(Self.type, Digest(of: document), UInt64(document.count)),
            "layers": .array([Self.descriptor(layer.mediaType.rawValue, layer.digest, layer.size)]),
        ]
        self.record = document
        blob = RemoteBlob(digest: layer.digest, size: layer.size)
        manifest = StoredManifest(
            mediaType: ManifestType.manifest, bytes: JSONValue.object(members).canonical())
    }

    /// The tag of the layer with the inputs `key`.
    static func tag(_ key: Digest, _ compression: LayerCompression) -> String {
        "layer-\(key.hex)-\(compression.rawValue)"
    }

    /// Returns the record of `manifest` in `source`, which must be that of `wanted`, and its blob.
    ///
    /// - Throws: `AssemblyError.foreignRecord`; `RegistryError`, `OCIError`, `FileError`, `CancellationError`.
    static func record(
        of wanted: WantedLayer, _ compression: LayerCompression, in manifest: StoredManifest,
        from source: any BlobSource
    ) async throws -> (record: LayerRecord, blob: RemoteBlob) {
        let blobs = try manifest.blobs()
        guard blobs.count == 2, blobs[0].size <= UInt64(LayerRecord.sizeLimit) else {
            throw AssemblyError.foreignRecord(layer: wanted.name, problem: "is invalid")
        }
        let bytes = try await source.blob(blobs[0].digest, limit: LayerRecord.sizeLimit)
        let record = try LayerRecord(parsing: bytes, of: wanted, compression: compression)
        guard record.layer.descriptor.digest == blobs[1].digest, record.layer.descriptor.size == blobs[1].size else {
            throw AssemblyError.foreignRecord(layer: wanted.name, problem: "has another blob than its manifest")
        }
        return (record, blobs[1])
    }

    private static func descriptor(_ type: String, _ digest: Digest, _ size: UInt64) -> JSONValue {
        .object([
            "mediaType": .string(type), "digest": .string(digest.description), "size": .integer(Int64(size)),
        ])
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import FoundationEssentials
import SystemPackage

/// Reads the JSON documents of an image: with a size limit, verified against their digest, and strictly.
enum Document {
    /// The maximum size of a manifest or index in bytes, as accepted by registries (OCI distribution-spec, "Pushing
    /// Manifests").
    static let sizeLimit = 4 << 20

    /// Reads the blob `digest` below `root` as a `Value`.
    ///
    /// - Throws: `OCIError.missingBlob`, `.corruptBlob`, `.document`, `FileError`.
    static func read<Value: Decodable>(
        _ type: Value.Type, _ name: String, _ digest: Digest, in root: FilePath
    ) throws -> (value: Value, size: UInt64) {
        let bytes = try readBytes(digest, in: root)
        return (try decode(type, "\(name) \(digest)", bytes), UInt64(bytes.count))
    }

    /// Reads the bytes of the blob `digest` below `root`.
    ///
    /// - Throws: `OCIError.missingBlob`, `.corruptBlob`, `FileError`.
    static func readBytes(_ digest: Digest, in root: FilePath) throws -> [UInt8] {
        let blob = BlobFile(digest: digest, size: 0, root: root)
        guard Files.exists(blob.path) else { throw OCIError.missingBlob(digest, in: root) }
        let bytes = try Files.read(blob.path, limit: sizeLimit)
        guard Digest(of: bytes) == digest else { throw OCIError.corruptBlob(digest, in: root) }
        return bytes
    }

    /// Decodes the JSON text `bytes` as a `Value`; `name` is for errors.
    ///
    /// - Throws: `OCIError.document`.
    static func decode<Value: Decodable>(_ type: Value.Type, _ name: String, _ bytes: [UInt8]) throws -> Value {
        do {
            // The strict parser runs first: JSONDecoder accepts duplicate keys and any depth.
            _ = try JSONValue(parsing: bytes, limit: sizeLimit)
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as any UserFacingError {
            throw OCIError.document(name, problem: error.sentence)
        } catch let error as DecodingError {
            throw OCIError.document(name, problem: describe(error))
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            context.codingPath.isEmpty
                ? "the document" : "'\(context.codingPath.map(\.stringValue).joined(separator: "."))'"
        }
        return switch error {
        case .keyNotFound(let key, let context): "\(place(context)) has no '\(key.stringValue)'."
        case .typeMismatch(_, let context): "\(place(context)) has the wrong type."
        case .valueNotFound(_, let context): "\(place(context)) has no value."
        case .dataCorrupted(let context): "\(place(context)) has a value that cannot be read."
        @unknown default: "it cannot be read."
        }
    }
}

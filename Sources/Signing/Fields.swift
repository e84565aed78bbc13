// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import OCI

/// The fields of one object of a signed document, removed one by one; any that remain at the end are unknown.
///
/// Documents are parsed after `JSONValue` refused duplicate keys, fractions and depth.
struct Fields {
    private var members: [String: JSONValue]
    private let document: SignedDocument
    private let place: String

    /// The members of `value`, which must be an object; `place` is its name in errors.
    init(_ value: JSONValue?, _ document: SignedDocument, at place: String = "it") throws {
        guard case .object(let members)? = value else {
            throw SigningError.malformed(document, reason: "\(place) is not an object")
        }
        self.members = members
        self.document = document
        self.place = place
    }

    /// Parses the whole document.
    init(parsing bytes: [UInt8], _ document: SignedDocument, limit: Int) throws {
        guard let value = try? JSONValue(parsing: bytes, limit: limit) else {
            throw SigningError.malformed(document, reason: "it is not JSON of at most \(limit) bytes")
        }
        try self.init(value, document)
    }

    func fault(_ reason: String) -> SigningError { .malformed(document, reason: reason) }

    mutating func take(_ name: String) -> JSONValue? { members.removeValue(forKey: name) }

    mutating func object(_ name: String) throws -> Fields { try Fields(take(name), document, at: "'\(name)'") }

    mutating func string(_ name: String) throws -> String {
        guard let text = take(name)?.string else { throw fault("'\(name)' is not a text") }
        return text
    }

    /// Requires a fixed text.
    mutating func expect(_ name: String, _ expected: String) throws {
        guard try string(name) == expected else { throw fault("'\(name)' is not '\(expected)'") }
    }

    mutating func optionalString(_ name: String) throws -> String? {
        guard let value = take(name) else { return nil }
        guard let text = value.string else { throw fault("'\(name)' is not a text") }
        return text
    }

    mutating func integer(_ name: String) throws -> Int64 {
        guard let number = take(name)?.integer else { throw fault("'\(name)' is not a whole number") }
        return number
    }

    mutating func list(_ name: String, limit: Int) throws -> [JSONValue] {
        guard let items = take(name)?.array, items.count <= limit else {
            throw fault("'\(name)' is not a list of at most \(limit)")
        }
        return items
    }

    mutating func digest(_ name: String) throws -> Digest {
        guard let digest = try? Digest(string(name)) else { throw fault("'\(name)' is not a SHA-256 digest") }
        return digest
    }

    /// Base64 with padding (RFC 4648 section 4).
    mutating func base64(_ name: String) throws -> [UInt8] {
        guard let data = Data(base64Encoded: try string(name)) else { throw fault("'\(name)' is not base64") }
        return Array(data)
    }

    /// A map from text to text; empty when it is absent.
    mutating func texts(_ name: String) throws -> [String: String] {
        guard let value = take(name) else { return [:] }
        guard case .object(let members) = value else { throw fault("'\(name)' is not an object") }
        return try members.mapValues { value in
            guard let text = value.string else { throw fault("a value in '\(name)' is not a text") }
            return text
        }
    }

    /// Throws when unknown fields remain.
    func end() throws { if !members.isEmpty { throw fault("\(place) has a field that does not belong there") } }
}

// SPDX-License-Identifier: Apache-2.0

/// Encodes all documents whose digests matter: the same value gives the same bytes on every machine.
///
/// A separate `Encoder`, because Foundation does not guarantee the order of keys and the format of numbers.
package enum CanonicalJSON {
    /// The bytes of `value`, as `JSONValue.canonical()` writes them.
    ///
    /// - Throws: `OCIError.notEncodable` for a fraction or a number beyond 64 bits, and errors of `value`.
    package static func encode(_ value: some Encodable) throws -> [UInt8] { try jsonValue(of: value).canonical() }

    /// `value` as a JSON value.
    ///
    /// - Throws: As `encode(_:)`.
    package static func jsonValue(of value: some Encodable) throws -> JSONValue {
        let node = JSONNode()
        try node.encode(value, path: [])
        return node.value
    }
}

/// A node of the document that is being encoded. A class, because nested containers are filled after they were
/// returned; it never leaves the encoding call.
final class JSONNode {
    private enum Content {
        case empty
        case scalar(JSONValue)
        case array([JSONNode])
        case object([String: JSONNode])
    }

    private var content = Content.empty

    /// The encoded value; an empty object when nothing was encoded, as in Foundation.
    var value: JSONValue {
        switch content {
        case .empty: .object([:])
        case .scalar(let value): value
        case .array(let nodes): .array(nodes.map(\.value))
        case .object(let nodes): .object(nodes.mapValues(\.value))
        }
    }

    /// The number of items in the list.
    var count: Int {
        guard case .array(let nodes) = content else { return 0 }
        return nodes.count
    }

    func becomeObject() {
        if case .object = content { return }
        content = .object([:])
    }

    func becomeArray() {
        if case .array = content { return }
        content = .array([])
    }

    /// Adds a node for `key` to this object.
    func member(_ key: String) -> JSONNode {
        let node = JSONNode()
        guard case .object(var nodes) = content else {
            content = .object([key: node])
            return node
        }
        content = .empty
        nodes[key] = node
        content = .object(nodes)
        return node
    }

    /// Adds a node to the end of this list.
    func append() -> JSONNode {
        let node = JSONNode()
        guard case .array(var nodes) = content else {
            content = .array([node])
            return node
        }
        content = .empty
        nodes.append(node)
        content = .array(nodes)
        return node
    }

    func set(_ value: JSONValue) { content = .scalar(value) }

    func encode<Value: Encodable>(_ value: Value, path: [any CodingKey]) throws {
        switch value {
        case let json as JSONValue: set(json)
        case let text as String: set(.string(text))
        case let flag as Bool: set(.bool(flag))
        case let number as any BinaryInteger:
            guard let fitting = Int64(exactly: number) else { throw notEncodable(path) }
            set(.integer(fitting))
        case is any BinaryFloatingPoint: throw notEncodable(path)
        default: try value.encode(to: JSONNodeEncoder(node: self, codingPath: path))
        }
    }

    private func notEncodable(_ path: [any CodingKey]) -> OCIError {
        .notEncodable(path: path.map(\.stringValue).joined(separator: "."))
    }
}

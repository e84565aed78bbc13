// SPDX-License-Identifier: Apache-2.0

/// The one writer of everything whose digest counts: same value, same bytes, on every machine.
///
/// Its own `Encoder` rather than Foundation's, whose key order and number texts are not ours to promise.
package enum CanonicalJSON {
    /// The bytes of `value`, as `JSONValue.canonical()` writes them.
    ///
    /// - Throws: `OCIError.notEncodable` for a fraction or a number beyond 64 bits, and what `value` throws.
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

/// A place in the document that is being encoded. A reference, because nested containers are filled after they were
/// handed out; it never leaves the encoding call.
final class JSONNode {
    private enum Content {
        case empty
        case scalar(JSONValue)
        case array([JSONNode])
        case object([String: JSONNode])
    }

    private var content = Content.empty

    /// What was encoded; something that encoded nothing is an empty object, as in Foundation.
    var value: JSONValue {
        switch content {
        case .empty: .object([:])
        case .scalar(let value): value
        case .array(let nodes): .array(nodes.map(\.value))
        case .object(let nodes): .object(nodes.mapValues(\.value))
        }
    }

    /// How many items the list has.
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

    /// A new place for `key` of this object.
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

    /// A new place at the end of this list.
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

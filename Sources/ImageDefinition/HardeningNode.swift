// SPDX-License-Identifier: Apache-2.0

import Yams

/// A value of `hardening.yaml` with its position, and typed accessors.
struct HardeningNode {
    private let node: Node

    private init(_ node: Node) { self.node = node }

    /// Parses a whole file.
    ///
    /// - Throws: `HardeningError`.
    init(yaml bytes: [UInt8]) throws {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw HardeningError(line: 1, column: 1, reason: "the file is not UTF-8")
        }
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw HardeningError(line: 1, column: 1, reason: "the file is empty")
            }
            self.node = node
        } catch let error as YamlError {
            throw Self.translate(error)
        }
    }

    private static func translate(_ error: YamlError) -> HardeningError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            HardeningError(line: mark.line, column: mark.column, reason: "this is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            HardeningError(
                line: context.mark.line, column: context.mark.column,
                reason: "there are two values for \(duplicates.map { "'\($0)'" }.joined(separator: ", "))")
        default: HardeningError(line: 1, column: 1, reason: "this is not YAML")
        }
    }

    func error(_ reason: String, hint: String? = nil) -> HardeningError {
        HardeningError(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, reason: reason, hint: hint)
    }

    func text() throws -> String {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else { throw error("a text is needed here") }
        return scalar.string
    }

    func boolean() throws -> Bool {
        guard case .scalar(let scalar) = node, let value = Bool(scalar.string) else {
            throw error("'true' or 'false' is needed here")
        }
        return value
    }

    func integer(in range: ClosedRange<Int>) throws -> Int {
        guard case .scalar(let scalar) = node, let value = Int(scalar.string), range.contains(value) else {
            let bound =
                range.upperBound == .max
                ? "of \(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
            throw error("a whole number \(bound) is needed here")
        }
        return value
    }

    /// One of the values of an enumeration.
    func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type = Choice.self) throws -> Choice
    where Choice.RawValue == String {
        let text = try text()
        guard let choice = Choice(rawValue: text) else {
            throw error("'\(text)' is not one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    func sequence() throws -> [HardeningNode] {
        guard case .sequence(let sequence) = node else { throw error("a list is needed here") }
        return sequence.map(HardeningNode.init)
    }

    /// All keys of a mapping with their values, in the order of the file.
    func entries() throws -> [(name: String, key: HardeningNode, value: HardeningNode)] {
        guard case .mapping(let mapping) = node else { throw error("names with values are needed here") }
        return try mapping.map { (try HardeningNode($0.key).text(), HardeningNode($0.key), HardeningNode($0.value)) }
    }

    /// A mapping with all keys of `required`, some of `optional`, and no others.
    func mapping(required: [String], optional: [String] = []) throws -> HardeningMapping {
        let entries = try entries()
        if let unknown = entries.first(where: { !(required + optional).contains($0.name) }) {
            throw unknown.key.error("the key '\(unknown.name)' is not known here")
        }
        if let missing = required.first(where: { name in !entries.contains { $0.name == name } }) {
            throw error("the key '\(missing)' is missing here")
        }
        return HardeningMapping(
            node: self, values: Dictionary(entries.map { ($0.name, $0.value) }) { first, _ in first })
    }
}

/// A mapping whose keys have been checked.
struct HardeningMapping {
    let node: HardeningNode
    let values: [String: HardeningNode]

    func optional(_ name: String) -> HardeningNode? { values[name] }

    func value(_ name: String) throws -> HardeningNode {
        guard let value = values[name] else { throw node.error("the key '\(name)' is missing here") }
        return value
    }
}

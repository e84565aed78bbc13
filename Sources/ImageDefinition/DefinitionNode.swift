// SPDX-License-Identifier: Apache-2.0

import Core
import Yams

/// A value in a definition file with its position and key: reading it returns a valid value or throws an error with the
/// position.
struct DefinitionNode {
    let node: Node
    let file: String
    /// The path of keys to the value, such as "user.uid".
    let key: String

    /// Parses the bytes of a whole file.
    init(parsing bytes: [UInt8], file: String) throws(DefinitionError) {
        try self.init(parsing: try Self.text(of: bytes, file: file), file: file)
    }

    /// The text of a file.
    static func text(of bytes: [UInt8], file: String) throws(DefinitionError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .notYAML(DefinitionPlace(file: file, line: 1, column: 1), problem: "it is not UTF-8 text")
        }
        return text
    }

    /// Parses the text of a whole file.
    init(parsing text: String, file: String) throws(DefinitionError) {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw DefinitionError.notYAML(DefinitionPlace(file: file, line: 1, column: 1), problem: "it is empty")
            }
            (self.node, self.file, key) = (node, file, "")
        } catch let error as DefinitionError {
            throw error
        } catch {
            throw DefinitionError(error, file: file)
        }
    }

    private init(_ node: Node, file: String, key: String) { (self.node, self.file, self.key) = (node, file, key) }

    /// The start of the value.
    var place: DefinitionPlace { place(of: node) }

    private func place(of node: Node) -> DefinitionPlace {
        DefinitionPlace(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private func name(_ child: String) -> String { key.isEmpty ? child : "\(key).\(child)" }

    /// The error for an invalid value.
    func invalid(_ needed: String) -> DefinitionError {
        .invalid(place, key: key, value: node.scalar?.string ?? "…", needed: needed)
    }

    /// The pairs of a mapping, in the order of the file.
    func pairs() throws(DefinitionError) -> [(name: DefinitionNode, value: DefinitionNode)] {
        guard let mapping = node.mapping else {
            throw .wrongKind(place, key: key.isEmpty ? file : key, needed: "a mapping of keys to values")
        }
        var pairs: [(name: DefinitionNode, value: DefinitionNode)] = []
        for (name, value) in mapping {
            let label = DefinitionNode(name, file: file, key: key)
            pairs.append((label, DefinitionNode(value, file: file, key: self.name(try label.text()))))
        }
        return pairs
    }

    /// The mapping's values by key; all keys must be in `known`.
    func fields(_ known: [String]) throws(DefinitionError) -> DefinitionFields {
        var values: [String: DefinitionNode] = [:]
        for (name, value) in try pairs() {
            let key = try name.text()
            guard known.contains(key) else {
                throw .unknownKey(name.place, key: key, nearest: nearest(to: key, among: known), known: known)
            }
            values[key] = value
        }
        return DefinitionFields(values: values, place: place, prefix: key)
    }

    /// The mapping's value of one key; the other keys are not checked.
    func child(_ key: String) throws(DefinitionError) -> DefinitionNode {
        for (name, value) in try pairs() where try name.text() == key { return value }
        throw .missingKey(place, key: self.name(key))
    }

    /// The elements of a list.
    func list() throws(DefinitionError) -> [DefinitionNode] {
        guard let sequence = node.sequence else { throw .wrongKind(place, key: key, needed: "a list") }
        return sequence.map { DefinitionNode($0, file: file, key: key) }
    }

    /// A text that is not empty and has no control characters.
    func text() throws(DefinitionError) -> String {
        guard let scalar = node.scalar else { throw .wrongKind(place, key: key, needed: "one text") }
        let text = scalar.string
        guard !text.isEmpty else { throw .wrongKind(place, key: key, needed: "a text that is not empty") }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
            throw .invalid(place, key: key, value: text, needed: "free of line breaks and control characters")
        }
        return text
    }

    /// A text that matches `pattern` completely.
    func text(_ pattern: Regex<Substring>, _ needed: String) throws(DefinitionError) -> String {
        let text = try text()
        guard (try? pattern.asciiOnlyCharacterClasses().wholeMatch(in: text)) != nil, text.utf8.count <= 4096 else {
            throw invalid(needed)
        }
        return text
    }

    /// A list of texts without duplicates, unless `repeating`.
    func texts(
        _ pattern: Regex<Substring>, _ needed: String, repeating: Bool = false
    ) throws(DefinitionError) -> [String] {
        var seen: [String] = []
        for node in try list() {
            let text = try node.text(pattern, needed)
            if !repeating, seen.contains(text) { throw .twice(node.place, key: key, value: text) }
            seen.append(text)
        }
        return seen
    }

    /// A whole number in decimal digits.
    func number(_ range: ClosedRange<UInt32>) throws(DefinitionError) -> UInt32 {
        let needed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let number = UInt32(try text(/\d{1,10}/, needed)), range.contains(number) else { throw invalid(needed) }
        return number
    }

    /// `true` or `false`.
    func boolean() throws(DefinitionError) -> Bool {
        guard let value = Bool(try text()) else { throw invalid("true or false") }
        return value
    }

    /// One of the values of an enumeration.
    func choice<Choice: RawRepresentable<String> & CaseIterable>() throws(DefinitionError) -> Choice {
        guard let choice = Choice(rawValue: try text()) else {
            throw invalid("one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// Whole seconds: "30s" or "2m".
    func seconds() throws(DefinitionError) -> Int {
        let needed = "a time such as 30s or 2m"
        let text = try text(/\d{1,4}[sm]/, needed)
        guard let number = Int(text.dropLast()), number > 0 else { throw invalid(needed) }
        return text.hasSuffix("m") ? number * 60 : number
    }
}

/// The values of a mapping by key.
struct DefinitionFields {
    fileprivate let values: [String: DefinitionNode]
    fileprivate let place: DefinitionPlace
    fileprivate let prefix: String

    /// A mandatory value.
    func need(_ key: String) throws(DefinitionError) -> DefinitionNode {
        guard let value = values[key] else {
            throw .missingKey(place, key: prefix.isEmpty ? key : "\(prefix).\(key)")
        }
        return value
    }

    /// An optional value.
    subscript(key: String) -> DefinitionNode? { values[key] }
}

extension DefinitionError {
    /// Converts an error of Yams, with its position.
    fileprivate init(_ error: any Error, file: String) {
        let (mark, problem): (Mark?, String) =
            switch error {
            case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
                YamlError.composer(_, let problem, let mark, _):
                (mark, problem)
            case YamlError.duplicatedKeysInMapping(let keys, let context):
                (context.mark, "the key '\(keys.joined(separator: "', '"))' occurs twice")
            case YamlError.reader(let problem, _, _, _): (nil, problem)
            default: (nil, "it cannot be read")
            }
        self = .notYAML(
            DefinitionPlace(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1), problem: problem)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The version comparison of a relation (Debian Policy 7.1).
package enum VersionRelation: UInt8, Sendable {
    case any = 0
    case earlier = 1
    case earlierOrEqual = 2
    case equal = 3
    case laterOrEqual = 4
    case later = 5

    /// The operator; empty for any version.
    var symbol: String { ["", "<<", "<=", "=", ">=", ">>"][Int(rawValue)] }

    /// Whether a version with the given `order` relative to the relation's version satisfies it.
    func accepts(order: Int) -> Bool {
        switch self {
        case .any: true
        case .earlier: order < 0
        case .earlierOrEqual: order <= 0
        case .equal: order == 0
        case .laterOrEqual: order >= 0
        case .later: order > 0
        }
    }
}

/// One alternative of a relationship field: `name[:qualifier] [(relation version)] [[architectures]]` (Policy 7.1).
package struct Dependency: Hashable, Sendable {
    /// The package name as written, without qualifier.
    package let name: String
    /// The architecture qualifier after a colon: `any`, `native` or the name of an architecture.
    let qualifier: String?
    /// The comparison.
    package let relation: VersionRelation
    /// The version to compare with, as written; empty with `.any`.
    package let version: String
    /// The architectures of this alternative; empty for all. Names with `!` are excluded.
    package let architectures: [String]

    /// Whether a package of this name in that version satisfies it.
    package func accepts(_ candidate: DebianVersion) -> Bool {
        var (left, right) = (candidate.text, version)
        return relation == .any
            || left.withUTF8 { left in right.withUTF8 { relation.accepts(order: VersionOrder.compare(left, $0)) } }
    }
}

extension Dependency: CustomStringConvertible {
    package var description: String {
        var text = name
        if let qualifier { text += ":" + qualifier }
        if relation != .any { text += " (\(relation.symbol) \(version))" }
        if !architectures.isEmpty { text += " [\(architectures.joined(separator: " "))]" }
        return text
    }
}

extension Dependency {
    /// Parses a relationship field: groups between commas, each a list of alternatives between bars. `PackageUniverse`
    /// uses the same cursor for indices, without copying.
    ///
    /// - Throws: `DebianError.malformedField` with the invalid group.
    package static func parseList(
        _ text: String, field: String = "Depends", file: String = "dependency", line: Int = 1
    ) throws(DebianError) -> [[Dependency]] {
        let bytes = Array(text.utf8)
        var groups: [[Dependency]] = []
        var group: [Dependency] = []
        let malformed = DebianError.malformedField(field, value: String(text.prefix(120)), file: file, line: line)
        let parsed: Bool = bytes.withUnsafeBufferPointer { bytes in
            var cursor = RelationCursor(bytes: bytes, position: 0, end: bytes.count)
            while let atom = cursor.next() {
                group.append(atom.value(in: bytes))
                if !atom.hasAlternative {
                    groups.append(group)
                    group = []
                }
            }
            return !cursor.failed && group.isEmpty
        }
        guard parsed else { throw malformed }
        return groups
    }
}

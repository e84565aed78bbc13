// SPDX-License-Identifier: Apache-2.0

/// A value of an exported document: maps keep their order, so that a document reads as people write it, and is the same
/// for the same request.
package indirect enum ExportedValue: Hashable, Sendable {
    /// A string.
    case text(String)
    /// A whole number.
    case number(Int)
    /// `true` or `false`.
    case flag(Bool)
    /// A list.
    case list([ExportedValue])
    /// A map, in the order of the document.
    case map([ExportedMember])

    /// A map.
    static func map(_ members: (String, ExportedValue)...) -> ExportedValue {
        .map(members.map { ExportedMember(key: $0.0, value: $0.1) })
    }

    /// A list of strings.
    static func texts(_ texts: [String]) -> ExportedValue { .list(texts.map { .text($0) }) }
}

/// A key of a map with its value.
package struct ExportedMember: Hashable, Sendable {
    /// The key.
    package let key: String
    /// The value.
    package let value: ExportedValue

    /// Creates a member.
    package init(key: String, value: ExportedValue) { (self.key, self.value) = (key, value) }
}

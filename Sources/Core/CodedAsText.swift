// SPDX-License-Identifier: Apache-2.0

/// A value that JSON documents hold as one string, its description, and that is checked when it is read.
package protocol CodedAsText: Codable, CustomStringConvertible {
    /// Parses what `description` says.
    ///
    /// - Throws: the type's own error for a text that is no such value.
    init(_ text: String) throws
}

extension CodedAsText {
    package init(from decoder: any Decoder) throws {
        try self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

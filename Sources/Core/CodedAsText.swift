// SPDX-License-Identifier: Apache-2.0

/// A value that JSON documents store as one string, its description, and that is validated when it is decoded.
package protocol CodedAsText: Codable, CustomStringConvertible {
    /// Parses the text of `description`.
    ///
    /// - Throws: The type's own error for invalid text.
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

// SPDX-License-Identifier: Apache-2.0

import Core

/// The id of an object in a git repository: a commit, a tree, a tag. SHA-1 or SHA-256 in lower-case hexadecimal digits.
package struct GitObject: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The digits.
    package let description: String

    /// Parses the digits; `nil` when there are neither 40 nor 64 of them.
    package init?(_ text: some StringProtocol) {
        let isHex = text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard [40, 64].contains(text.utf8.count), isHex else { return nil }
        description = String(text)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let object = GitObject(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a git object id")
        }
        self = object
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// The abbreviated id.
    package var short: String { String(description.prefix(10)) }
}

/// An annotated tag of a release.
package struct ReleaseTag: Hashable, Sendable {
    /// The released version.
    package let version: SemanticVersion
    /// The tagged commit.
    package let commit: GitObject
}

/// The committer and the date. Nothing is looked up while committing, so that the same release is the same commit.
package struct GitSignature: Hashable, Sendable, Codable {
    /// The name.
    package let name: String
    /// A mail address.
    package let mail: String
    /// Seconds since 1970.
    package let date: Int64

    /// Creates a signature.
    ///
    /// - Throws: `ReleaseError.author` for text that a commit cannot contain.
    package init(name: String, mail: String, date: Int64) throws {
        let isFine = { (text: String) in !text.isEmpty && !text.contains { "<>\n\r\0".contains($0) } }
        guard isFine(name), isFine(mail) else { throw ReleaseError.author("\(name) <\(mail)>") }
        self.name = name
        self.mail = mail
        self.date = date
    }

    /// The form in git objects.
    var line: String { "\(name) <\(mail)> \(date) +0000" }

    /// The form in git's environment.
    var environment: [String: String] {
        [
            "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": mail, "GIT_AUTHOR_DATE": "@\(date) +0000",
            "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": mail, "GIT_COMMITTER_DATE": "@\(date) +0000",
        ]
    }
}

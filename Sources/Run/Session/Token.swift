// SPDX-License-Identifier: Apache-2.0

/// A secret that is never printed by accident, neither in a message nor in a dump.
package struct Token: Sendable, CustomStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    /// The secret; `nil` when it is empty, or cannot be one line of git's protocol (gitcredentials(7)).
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let trimmed = bytes[..<(bytes.lastIndex { $0 != 10 && $0 != 13 } ?? -1).advanced(by: 1)]
        guard !trimmed.isEmpty, trimmed.count < 1 << 16, trimmed.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
        self.bytes = Array(trimmed)
    }

    /// The secret's bytes.
    package var revealed: [UInt8] { bytes }

    package var description: String { "(secret)" }
    /// Empty, to hide the secret.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A server that accepts tokens.
package enum Forge: String, CaseIterable, Sendable {
    case github
    case gitlab

    /// The caller's environment variables with a token for it, in order of preference.
    package var variables: [String] {
        switch self {
        case .github: ["GH_TOKEN", "GITHUB_TOKEN"]
        case .gitlab: ["GITLAB_TOKEN"]
        }
    }

    /// The display name.
    package var title: String {
        switch self {
        case .github: "GitHub"
        case .gitlab: "GitLab"
        }
    }

    /// The name of the token's file in the session's directory.
    package var file: String { "\(rawValue)-token" }

    /// The place of the token for git: any user name is accepted with a token, these are the documented ones.
    package func place(host: String? = nil) -> TokenPlace {
        let file = "\(SessionDirectory.target)/\(file)"
        return switch self {
        case .github: TokenPlace(address: "https://\(host ?? "github.com")", userName: "x-access-token", file: file)
        case .gitlab: TokenPlace(address: "https://\(host ?? "gitlab.com")", userName: "oauth2", file: file)
        }
    }
}

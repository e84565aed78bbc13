// SPDX-License-Identifier: Apache-2.0

/// A secret that never becomes text by accident: neither in a message nor in a dump.
package struct Token: Sendable, CustomStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    /// The secret; `nil` when it is empty, or cannot be one line of git's protocol (gitcredentials(7)).
    package init?(_ text: String) {
        let trimmed = text.utf8.filter { $0 != 10 && $0 != 13 }
        guard !trimmed.isEmpty, trimmed.count < 1 << 16, trimmed.allSatisfy({ $0 > 32 && $0 < 127 }) else { return nil }
        bytes = Array(trimmed)
    }

    /// The secret, for the one place it goes to.
    package var revealed: [UInt8] { bytes }

    package var description: String { "(secret)" }
    /// Shows nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A server that takes tokens.
package enum Forge: String, CaseIterable, Sendable {
    case github
    case gitlab

    /// The variables of the caller that hold a token for it, the first one first.
    package var variables: [String] {
        switch self {
        case .github: ["GH_TOKEN", "GITHUB_TOKEN"]
        case .gitlab: ["GITLAB_TOKEN"]
        }
    }

    /// What people call it.
    package var title: String {
        switch self {
        case .github: "GitHub"
        case .gitlab: "GitLab"
        }
    }

    /// The token's file below the session's directory.
    package var file: String { "\(rawValue)-token" }

    /// For git: any user name does beside a token, these are the documented ones.
    package func place(host: String? = nil) -> TokenPlace {
        let file = "\(SessionDirectory.target)/\(file)"
        return switch self {
        case .github: TokenPlace(address: "https://\(host ?? "github.com")", userName: "x-access-token", file: file)
        case .gitlab: TokenPlace(address: "https://\(host ?? "gitlab.com")", userName: "oauth2", file: file)
        }
    }
}

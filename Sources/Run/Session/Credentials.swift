// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// The credentials of a container, the safest kind first.
package struct Credentials: Sendable {
    /// The tokens by server, each with the variable that it came from.
    package var tokens: [(forge: Forge, variable: String, token: Token)] = []
    /// The variables whose value is not a token.
    package var unusable: [String] = []
    /// How ssh keys are forwarded.
    package var ssh = SSHAccess.none

    /// No credentials.
    package init() {}

    /// The tokens in the caller's environment, and the key for coding agents if it exists.
    ///
    /// - Parameters:
    ///   - environment: The caller's environment.
    ///   - dedicatedKey: The key for coding agents, if it exists.
    package static func found(environment: [String: String], dedicatedKey: FilePath?) -> Credentials {
        var found = Credentials()
        for forge in Forge.allCases {
            let values = forge.variables.compactMap { name in environment[name].map { (name, $0) } }.filter { $1 != "" }
            let set = values.compactMap { name, value in Token(value).map { (name, $0) } }
            found.unusable += values.filter { Token($1) == nil }.map(\.0)
            if let (name, token) = set.first { found.tokens.append((forge, name, token)) }
        }
        if let dedicatedKey { found.ssh = .dedicated(dedicatedKey) }
        return found
    }

    /// Whether there are no credentials.
    package var isEmpty: Bool { tokens.isEmpty && ssh == .none }

    /// One line for each credential, the safest first.
    package var lines: [String] {
        let named = tokens.map { "\($0.forge.title) token (\($0.variable)): the agent can read it; in memory only" }
        let refused = unusable.map { "\($0) is not forwarded: a token is one word of printable ASCII characters" }
        return named + refused + [ssh.line].compactMap { $0 }
    }
}

/// How ssh keys are forwarded to a container.
package enum SSHAccess: Hashable, Sendable {
    /// Not forwarded.
    case none
    /// The key for coding agents, in an ssh-agent of the launcher.
    case dedicated(FilePath)
    /// One key of the caller's own ssh-agent.
    case personal(UserAgent)

    var line: String? {
        switch self {
        case .none: nil
        case .dedicated: "ssh key for coding agents: signatures only, the key stays outside"
        case .personal(let agent): "your own ssh key \(agent.key.comment): signatures only, the key stays outside"
        }
    }

    /// The warning about forwarding one's own key.
    package static let warning =
        "The agent can now sign in as you wherever this key is registered. Safer: a GitHub token (GH_TOKEN) or a "
        + "separate key for coding agents (`opencode-docker key create`)."
}

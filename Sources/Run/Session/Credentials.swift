// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// What a container gets to prove whose work it does, the safest kind first.
package struct Credentials: Sendable {
    /// Tokens by server, with the variable each came from.
    package var tokens: [(forge: Forge, variable: String, token: Token)] = []
    /// How ssh keys are lent.
    package var ssh = SSHAccess.none

    /// None.
    package init() {}

    /// Those that the caller's environment has tokens for, and the key for agents where there is one.
    ///
    /// - Parameters:
    ///   - environment: The caller's.
    ///   - dedicatedKey: The key for agents alone, where there is one.
    package static func found(environment: [String: String], dedicatedKey: FilePath?) -> Credentials {
        var found = Credentials()
        for forge in Forge.allCases {
            let set = forge.variables.compactMap { name in
                environment[name].flatMap { Token($0) }.map { (name, $0) }
            }
            if let (name, token) = set.first { found.tokens.append((forge, name, token)) }
        }
        if let dedicatedKey { found.ssh = .dedicated(dedicatedKey) }
        return found
    }

    /// Whether there is nothing.
    package var isEmpty: Bool { tokens.isEmpty && ssh == .none }

    /// A line for each, the safest first.
    package var lines: [String] {
        let named = tokens.map { "\($0.forge.title) token (\($0.variable)): the agent can read it; in memory only" }
        return named + [ssh.line].compactMap { $0 }
    }
}

/// How ssh keys are lent to a container.
package enum SSHAccess: Hashable, Sendable {
    /// Not at all.
    case none
    /// A key for agents alone, in an agent of the launcher's.
    case dedicated(FilePath)
    /// One key of the caller's own agent.
    case personal(UserAgent)

    var line: String? {
        switch self {
        case .none: nil
        case .dedicated: "ssh key for agents: signatures only, the key stays outside"
        case .personal(let agent): "your own ssh key \(agent.key.comment): signatures only, the key stays outside"
        }
    }

    /// What to say to somebody who lends a key of their own.
    package static let warning =
        "The agent can now sign in as you wherever this key is known. Safer: a GitHub token (GH_TOKEN), or a key for "
        + "agents alone (`opencode-docker key create`)."
}

// SPDX-License-Identifier: Apache-2.0

import Core

/// An invalid rule of a network policy.
package enum EgressError: Error, Hashable {
    /// A list without a rule.
    case noRules
    /// A word that is neither a preset's name nor a host.
    case unknownPreset(String, nearest: String?, known: [String])
    /// A rule that cannot be read, and why.
    case invalidRule(String, String)
    /// A rule that no connection can match, and why.
    case uselessRule(String, String)
    /// A wildcard for the names of unrelated owners: the rule, the domain.
    case publicSuffix(String, String)
    /// A text that is no destination.
    case invalidDestination(String)
}

extension EgressError: UserFacingError {
    package var sentence: String {
        switch self {
        case .noRules: "'--network allow' needs the allowed hosts."
        case .unknownPreset(let name, _, _): "'\(name.sanitized)' is not a preset of '--allow', nor a host."
        case .invalidRule(let word, let reason): "'\(word.sanitized)' cannot be a rule of '--allow': \(reason)."
        case .uselessRule(let word, let reason): "'\(word.sanitized)' of '--allow' would never match: \(reason)."
        case .publicSuffix(let word, let domain):
            "'\(word.sanitized)' of '--allow' covers unrelated owners, because everyone can have a name below \(domain)."
        case .invalidDestination(let text): "'\(text.sanitized)' is neither a host nor HOST:PORT."
        }
    }

    package var hint: String? {
        switch self {
        case .noRules:
            "Use `--allow github,npm,api.example.com:8443`; `opencode-docker network presets` lists the presets."
        case .unknownPreset(let name, let nearest, let known):
            nearest.map { "Did you mean '\($0)'?" }
                ?? "The presets are \(known.joined(separator: ", ")); a host without a dot needs its port, as \(name.sanitized):443."
        case .publicSuffix: "Name the hosts, or a domain of one owner, as *.example.com."
        case .invalidRule, .uselessRule, .invalidDestination: nil
        }
    }

    package var exitStatus: ExitStatus { .usage }
}

// SPDX-License-Identifier: Apache-2.0

/// A reason why the requested packages cannot be installed.
package enum Conflict: Hashable, Sendable {
    /// There is no package of that name; `nearest` are the most similar names.
    case unknown(name: String, nearest: [String])
    /// The name is virtual and several packages provide it.
    case virtual(name: String, providers: [String])
    /// `wanter` needs a package that the archive does not have. `path` is the chain from a requested package to
    /// `wanter`.
    case unavailable(wanter: String, needs: String, archiveHas: [String], path: [String])
    /// `wanter` needs a package that is excluded for `reason`, and there is no alternative.
    case excluded(wanter: String, needs: String, reason: String, path: [String])
    /// `wanter` needs another version of a package than the selected one; the archive also has `available`.
    case otherVersion(wanter: String, needs: String, taken: String, available: String, path: [String])
    /// An excluded package is required by every system.
    case indispensable(name: String)
    /// `wanter` cannot be installed together with `other`.
    case clash(wanter: String, relation: String, other: String, path: [String])
    /// The package cannot be installed for an unknown reason.
    case unexplained(name: String)

    /// The reason as a sentence.
    package var sentence: String {
        switch self {
        case .unknown(let name, _): "There is no package named '\(name)'."
        case .virtual(let name, let providers):
            "'\(name)' is only a name that other packages provide: \(providers.joined(separator: ", "))."
        case .unavailable(let wanter, let needs, let available, let path):
            "\(Conflict.chain(path, wanter, "needs")) \(needs), and the archive has "
                + (available.isEmpty ? "no such package." : "only \(available.joined(separator: ", ")).")
        case .excluded(let wanter, let needs, let reason, let path):
            "\(Conflict.chain(path, wanter, "needs")) \(needs), which is left out (\(reason))."
        case .otherVersion(let wanter, let needs, let taken, _, let path):
            "\(Conflict.chain(path, wanter, "needs")) \(needs), and \(taken) is selected."
        case .indispensable(let name): "'\(name)' cannot be left out: every system requires it."
        case .clash(let wanter, let relation, let other, let path):
            "\(Conflict.chain(path, wanter, relation)), and \(other) is selected too."
        case .unexplained(let name): "'\(name)' cannot be installed together with the rest."
        }
    }

    package var hint: String? {
        switch self {
        case .unknown(_, let nearest) where !nearest.isEmpty:
            "Did you mean \(nearest.map { "'\($0)'" }.joined(separator: " or "))?"
        case .unknown: "Look for it with `apt-cache search`; only the section main is used."
        case .virtual: "Name one of them."
        case .excluded: "Remove the package that needs it, or remove the exclusion from the definition."
        case .otherVersion(_, _, _, let available, _): "Pin that version too: \(available)."
        case .indispensable: "Remove the exclusion from the definition."
        case .unavailable, .clash, .unexplained:
            "Remove one of the packages, or try again when the archive has been updated."
        }
    }

    /// "a needs b, which needs c, which VERB".
    private static func chain(_ path: [String], _ last: String, _ verb: String) -> String {
        guard let first = path.first else { return "\(last) \(verb)" }
        let steps = (path.dropFirst() + [last]).map { "needs \($0)" } + [verb]
        return "\(first) \(steps.joined(separator: ", which "))"
    }
}

extension DebianError {
    static func sentence(for conflicts: [Conflict]) -> String {
        let shown = conflicts.prefix(5).map(\.sentence).joined(separator: " ")
        return conflicts.count > 5 ? shown + " And \(conflicts.count - 5) more." : shown
    }
}

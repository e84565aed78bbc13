// SPDX-License-Identifier: Apache-2.0

/// One reason why packages cannot be installed as they were asked for.
package enum Conflict: Hashable, Sendable {
    /// No package of that name; the names that look most like it.
    case unknown(name: String, nearest: [String])
    /// Only a name that several packages provide.
    case virtual(name: String, providers: [String])
    /// `wanter` needs something the archive does not have. `path` leads from what was asked for to the wanter.
    case unavailable(wanter: String, needs: String, archiveHas: [String], path: [String])
    /// `wanter` needs something that is left out, for that reason, and there is no other way.
    case excluded(wanter: String, needs: String, reason: String, path: [String])
    /// `wanter` needs a version of a package of which another one is taken: the archive has `available` too.
    case otherVersion(wanter: String, needs: String, taken: String, available: String, path: [String])
    /// What no system is without was to be left out.
    case indispensable(name: String)
    /// `wanter` cannot be installed beside `other`.
    case clash(wanter: String, relation: String, other: String, path: [String])
    /// The package of which no more is known than that it cannot be installed.
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
            "\(Conflict.chain(path, wanter, "needs")) \(needs), and \(taken) is what is taken."
        case .indispensable(let name): "'\(name)' cannot be left out: no system is without it."
        case .clash(let wanter, let relation, let other, let path):
            "\(Conflict.chain(path, wanter, relation)), and \(other) is to be installed too."
        case .unexplained(let name): "'\(name)' cannot be installed together with the rest."
        }
    }

    package var hint: String? {
        switch self {
        case .unknown(_, let nearest) where !nearest.isEmpty:
            "Did you mean \(nearest.map { "'\($0)'" }.joined(separator: " or "))?"
        case .unknown: "Look for it with `apt-cache search`; only the section main is used."
        case .virtual: "Name one of them."
        case .excluded: "Leave the package out that needs it, or take the exclusion out of the definition."
        case .otherVersion(_, _, _, let available, _): "Pin that version too: \(available)."
        case .indispensable: "Take the exclusion out of the definition."
        case .unavailable, .clash, .unexplained:
            "Leave one of the packages out, or try again when the archive has moved on."
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

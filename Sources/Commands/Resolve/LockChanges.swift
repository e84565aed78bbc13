// SPDX-License-Identifier: Apache-2.0

import Lockfile

/// The difference between two locks as text.
struct LockChanges {
    private let changes: [PackageChange]
    private let artifacts: [String]
    private let choices: [String]
    private let isNew: Bool

    init(from old: VersionsLock?, to new: VersionsLock) {
        isNew = old == nil
        changes = old.map { new.difference(from: $0) } ?? []
        artifacts = old.map { Self.artifacts(from: $0, to: new) } ?? []
        choices = old.map { new.choiceChanges(from: $0) } ?? []
    }

    /// One line for each change.
    var text: String {
        if isNew { return "A new lock.\n" }
        let lines = changes.map(line) + artifacts + choices.map { "  \($0)" }
        return lines.isEmpty ? "Nothing changed.\n" : lines.map { $0 + "\n" }.joined()
    }

    private func line(_ change: PackageChange) -> String {
        let name = "\(change.name.text) (\(change.architecture))"
        return switch change.kind {
        case .added(let version): "+ \(name) \(version.text)"
        case .removed(let version): "- \(name) \(version.text)"
        case .upgraded(let old, let new): "  \(name) \(old.text) -> \(new.text)"
        }
    }

    /// With the digest, which a person reviews because no signature covers it.
    private static func artifacts(from old: VersionsLock, to new: VersionsLock) -> [String] {
        new.artifacts.compactMap { artifact in
            let before = old.artifacts.first { $0.name == artifact.name && $0.platform == artifact.platform }
            guard before?.sha256 != artifact.sha256 || before?.version != artifact.version else { return nil }
            let versions = [before?.version, artifact.version].compactMap(\.self).joined(separator: " -> ")
            return "\(before == nil ? "+" : " ") \(artifact.name) (\(artifact.platform)) \(versions) \(artifact.sha256)"
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import SystemPackage

extension GitWorktreeReview {
    /// A path in the tree that a configuration names.
    struct NamedPlace {
        let path: FilePath
        /// The variable.
        let key: String
        /// Whether the value is a path, not a command.
        let isPath: Bool

        /// Whether git executes files in a directory of that name.
        var isDirectory: Bool { Self.isDirectory(key) }

        static func isDirectory(_ key: String) -> Bool { key.hasSuffix(".hookspath") || key.hasSuffix(".templatedir") }

        /// Whether git executes the file, or finds through it what to execute.
        var isExecuted: Bool { Self.read[key] == nil }

        var words: String { "\(Self.read[key] ?? "executed or read by git"): \(ShownPath.text(key.utf8.prefix(100)))" }

        /// The variables that name files which git only reads.
        static let read = [
            "core.excludesfile": "it hides files from `git status`",
            "gpg.ssh.allowedsignersfile": "git believes signatures by it",
        ]
    }
}

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
        /// Whether it is a directory beneath the one that the variable names.
        var isBeneath = false

        /// Whether git executes files in a directory of that name.
        var isDirectory: Bool { Self.isDirectory(key) }

        /// Whether git copies the directory into new repositories, with everything in it (git-init(1)).
        var isTemplate: Bool { key.hasSuffix(".templatedir") }

        /// The kind of the line about a file: in a template, hooks and configurations are shown before other files.
        func kind(of file: FilePath) -> String {
            guard isTemplate else { return "named" }
            if file.lastComponent == "config" { return "a template's config" }
            return file.components.contains("hooks") ? "a template's hooks" : "template"
        }

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

    private static let mostBeneath = 512

    /// The directories beneath those of templates.
    func beneathTemplates(_ places: [NamedPlace]) -> [NamedPlace] {
        var (found, next): ([NamedPlace], [FilePath]) = ([], [])
        for template in places where template.isTemplate {
            next = [template.path, template.path.appending("hooks")]
            while let directory = next.popLast(), found.count < Self.mostBeneath {
                let names = (try? tree.names(directory, limit: 4096)) ?? []
                let inner = names.map { directory.appending($0) }.filter { (try? tree.kind($0)) == .directory }
                found += inner.map { NamedPlace(path: $0, key: template.key, isPath: true, isBeneath: true) }
                next += inner
            }
        }
        return found
    }
}

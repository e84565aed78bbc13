// SPDX-License-Identifier: Apache-2.0

import Engine
import SystemPackage

/// The variables of the caller's own git configuration that apply in a container: how git merges, compares, lists and
/// names things. Variables that contain credentials or name keys, programs or files of the host are not among them.
package struct CallerGitSettings: Hashable, Sendable {
    private static let most = 500
    private static let longest = 4096

    /// The variables in the order of the caller's configuration, of which the last one of a name counts.
    package let entries: [GitConfiguration.Entry]

    /// Selects the variables of the caller's configuration.
    ///
    /// - Parameter listing: The output of `git config --includes --null --list`.
    package init(listing: [UInt8]) {
        entries = Array(GitConfiguration.Entry.entries(listing: listing).filter(Self.applies).suffix(Self.most))
    }

    private static func applies(_ entry: GitConfiguration.Entry) -> Bool {
        let text = (entry.value ?? "") + (entry.subsection ?? "")
        guard text.utf8.count <= longest, text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 || $0 == 10 }),
            !(entry.subsection ?? "").contains("\n"), isName(entry.section), isName(entry.name)
        else { return false }
        if entry.section == "alias" { return entry.subsection == nil && isPlainAlias(entry.value ?? "!") }
        return (entry.subsection == nil ? names : subsections)[entry.section]
            .map { $0.isEmpty || $0.contains(entry.name) } ?? false
    }

    /// Whether an alias is a git command without programs, paths and addresses of the host: the caller's programs do not
    /// exist in the image, and options and addresses can carry tokens.
    private static func isPlainAlias(_ value: String) -> Bool {
        let bytes = value.utf8.map { [9, 10, 34, 39].contains($0) ? 32 : $0 }
        let words = bytes.split(separator: 32)
        guard let first = words.first, !first.starts(with: "-".utf8) else { return false }
        return words.allSatisfy { word in
            let isAddress = word.contains(UInt8(ascii: "@")) && word.contains(UInt8(ascii: ":"))
            let isURL = word.indices.contains { word[$0...].starts(with: "://".utf8) }
            return !isAddress && !isURL && !refusedWords.contains { word.starts(with: $0.utf8) }
        }
    }

    /// The beginnings of words of an alias that configure git, execute a program, or are paths.
    private static let refusedWords = [
        "-c", "--config", "--exec", "--upload-pack", "--receive-pack", "-x", "foreach", "/", "~", "!",
    ]

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    /// The names of variables by section (git-config(1), "Variables"); an empty set stands for all without subsection.
    private static let names: [String: Set<String>] = [
        "advice": [], "apply": [], "author": ["name", "email"], "color": [], "column": [],
        "blame": ["blankboundary", "coloring", "date", "showemail", "showroot"],
        "branch": ["autosetupmerge", "autosetuprebase", "sort"], "checkout": ["defaultremote", "guess"],
        "committer": ["name", "email"], "commit": ["cleanup", "status", "verbose"],
        "core": [
            "abbrev", "autocrlf", "commentchar", "eol", "logallrefupdates", "quotepath", "safecrlf", "whitespace",
        ],
        "diff": [
            "algorithm", "autorefreshindex", "colormoved", "colormovedws", "context", "dirstat", "ignoresubmodules",
            "indentheuristic", "interhunkcontext", "mnemonicprefix", "noprefix", "relative", "renamelimit", "renames",
            "statgraphwidth", "submodule", "suppressblankempty", "wordregex", "wserrorhighlight",
        ],
        "fetch": ["prune", "prunetags", "recursesubmodules"], "format": ["pretty"], "grep": [], "help": ["autocorrect"],
        "init": ["defaultbranch"],
        "log": ["abbrevcommit", "date", "decorate", "diffmerges", "follow", "graphcolors", "mailmap"],
        "merge": [
            "autostash", "branchdesc", "conflictstyle", "directoryrenames", "ff", "log", "renamelimit", "renames",
            "renormalize", "stat", "suppressdest", "verbosity",
        ],
        "pretty": [], "pull": ["ff", "octopus", "rebase", "twohead"],
        "push": ["autosetupremote", "default", "followtags", "recursesubmodules"],
        "rebase": [
            "abbreviatecommands", "autosquash", "autostash", "missingcommitscheck", "rebasemerges",
            "reschedulefailedexec", "stat", "updaterefs",
        ],
        "rerere": ["autoupdate", "enabled"], "showbranch": [], "stash": [], "status": [], "submodule": ["recurse"],
        "tag": ["sort"], "versionsort": ["suffix"],
    ]

    /// The names of variables with a subsection.
    private static let subsections: [String: Set<String>] = [
        "color": [], "diff": ["binary", "funcname", "wordregex", "xfuncname"],
    ]

    /// The variables as text of a configuration file.
    var text: [String] {
        entries.flatMap { entry in
            let header = entry.subsection.map { "[\(entry.section) \(Self.subsection($0))]" } ?? "[\(entry.section)]"
            return [header, entry.value.map { "\t\(entry.name) = \(GitSettings.quote($0))" } ?? "\t\(entry.name)"]
        }
    }

    /// A quoted subsection (git-config(1), "Syntax"), in which a backslash escapes any character.
    private static func subsection(_ text: String) -> String {
        "\"" + text.replacingScalar("\\", with: "\\\\").replacingScalar("\"", with: "\\\"") + "\""
    }
}

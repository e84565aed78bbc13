// SPDX-License-Identifier: Apache-2.0

extension GitConfiguration {
    /// The keys that make git execute a program, read another configuration or write to another place, without
    /// duplicates, in the order of the file.
    package var executing: [String] {
        var seen: Set<String> = []
        return entries.filter(\.executes).map(\.key).filter { seen.insert($0).inserted }
    }
}

extension GitConfiguration.Entry {
    /// Whether git executes the value, or follows it to further files that it executes (git-config(1), "Variables").
    package var executes: Bool {
        if isWorktreeSwitch { return true }
        guard let value, !value.isEmpty else { return false }
        let pattern = subsection == nil ? "\(section).\(name)" : "\(section).*.\(name)"
        if Self.programs.contains(pattern) || section == "pager" { return !Self.isBoolean(value) }
        switch (section, name) {
        // An alias may begin with options: `-c core.pager=...`.
        case ("alias", _): return value.hasPrefix("!") || value.hasPrefix("-")
        case ("submodule", "update"): return value.hasPrefix("!")
        case ("remote", "url"), ("remote", "pushurl"), ("url", "insteadof"), ("url", "pushinsteadof"):
            return [value, subsection ?? ""].contains { $0.lowercased().hasPrefix("ext::") }
        case ("protocol", "allow"): return subsection == nil || subsection == "ext"
        case ("annex", _): return name.hasSuffix("-command") || name.hasSuffix("-hook")
        case ("sendemail", _): return name.hasSuffix("cmd") || name == "smtpserver"
        case ("lfs", "path"), ("lfs", "clean"), ("lfs", "smudge"): return subsection != nil
        default: return false
        }
    }

    /// Whether the variable makes git read `config.worktree` (git-worktree(1), "Configuration file"); a variable
    /// without a value is true.
    private var isWorktreeSwitch: Bool {
        guard subsection == nil, (section, name) == ("extensions", "worktreeconfig") else { return false }
        return !["", "false", "no", "off", "0"].contains(value?.lowercased() ?? "true")
    }

    private static func isBoolean(_ value: String) -> Bool {
        ["true", "false", "yes", "no", "on", "off", "0", "1"].contains(value.lowercased())
    }

    private static let programs: Set<String> = [
        "browser.*.cmd", "browser.*.path", "core.alternaterefscommand", "core.askpass", "core.attributesfile",
        "core.editor", "core.fsmonitor", "core.gitproxy", "core.hookspath", "core.pager", "core.sshcommand",
        "core.worktree", "credential.*.helper", "credential.helper", "diff.*.command", "diff.*.textconv",
        "diff.external", "difftool.*.cmd", "difftool.*.path", "filter.*.clean", "filter.*.process", "filter.*.smudge",
        "gc.recentobjectshook", "gpg.*.defaultkeycommand", "gpg.*.program", "gpg.program", "gpg.ssh.defaultkeycommand",
        "guitool.*.cmd", "hook.*.command", "imap.tunnel", "include.path", "includeif.*.path", "init.templatedir",
        "instaweb.browser", "instaweb.httpd", "interactive.difffilter", "man.*.cmd", "man.*.path", "merge.*.driver",
        "mergetool.*.cmd", "mergetool.*.path", "remote.*.receivepack", "remote.*.uploadpack", "remote.*.vcs",
        "sequence.editor", "svn.authorsprog", "svn-remote.*.authorsprog", "tar.*.command", "trailer.*.cmd",
        "trailer.*.command", "uploadpack.packobjectshook",
    ]

    /// The words of the value that could be paths: the words of a shell command without quotes, and the quoted strings
    /// (sh(1), "Quoting").
    var words: [String] {
        // By scalars, as a shell reads bytes: a combining mark joins the character before it.
        let value = (value ?? "").unicodeScalars
        let ends = " \t\n\"'`;|&()<>$={}!".unicodeScalars
        let plain = value.split { ends.contains($0) }.map { String($0) }
        var seen: Set<String> = []
        return (Self.quoted(value) + plain).filter { seen.insert($0).inserted }
    }

    /// The words with quotes or backslashes, as a shell reads them.
    private static func quoted(_ value: String.UnicodeScalarView) -> [String] {
        var (words, word, isQuoted): ([String], String.UnicodeScalarView, Bool) = ([], .init(), false)
        var quote: Unicode.Scalar?
        var rest = value[...]
        func end() {
            if isQuoted && !word.isEmpty { words.append(String(word)) }
            (word, isQuoted) = (.init(), false)
        }
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\\" where quote != "'":
                isQuoted = true
                if let next = rest.popFirst() { word.append(next) }
            case "'", "\"":
                isQuoted = true
                if quote == nil {
                    quote = scalar
                } else if quote == scalar {
                    quote = nil
                } else {
                    word.append(scalar)
                }
            case _ where quote == nil && " \t\n;|&()<>`".unicodeScalars.contains(scalar): end()
            default: word.append(scalar)
            }
        }
        end()
        return words
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A file that git on the host executes or follows.
package struct GitFinding: Hashable, Sendable {
    /// The path relative to the searched tree.
    package let path: FilePath
    /// A description: `a git repository; its configuration executes core.fsmonitor`.
    package let words: String
    /// Whether the file itself makes git execute a program.
    package let isExecuted: Bool
    /// The kind of its line.
    var kind = "named"

    /// Creates a finding.
    package init(_ path: FilePath, _ words: String, isExecuted: Bool = false) {
        self.path = path
        self.words = words
        self.isExecuted = isExecuted
    }
}

/// Determines what git would do with a repository, by handle, without executing anything or following links.
package struct GitRepositoryReview {
    private let repository: ContainerTree
    /// The directory that its `commondir` names.
    let common: CommonDirectory?

    /// A review of the repository's own directory: `.git`, or a bare repository.
    package init(_ repository: ContainerTree) { self.init(repository, common: nil) }

    /// A review with the directory that its `commondir` names.
    init(_ repository: ContainerTree, common: CommonDirectory?) {
        (self.repository, self.common) = (repository, common)
    }

    /// Whether git recognizes a directory with these names as a repository (gitrepository-layout(5)): `HEAD` with
    /// `objects` and `refs`, or with `commondir`, which names their directory.
    package static func isRepository(_ names: Set<String>) -> Bool {
        names.contains("HEAD") && (names.contains("commondir") || names.isSuperset(of: ["objects", "refs"]))
    }

    /// Whether git recognizes the directory as a repository.
    package var isRepository: Bool {
        let names = ["HEAD", "commondir", "objects", "refs"].filter {
            (try? repository.kind(FilePath($0))) ?? .special != .nothing
        }
        return Self.isRepository(Set(names))
    }

    /// The programs that git executes in it, in words; empty for a repository with only data.
    package var executed: [String] {
        var words: [String] = []
        for name in Self.configurations {
            switch configuration(name) {
            case .nothing: continue
            case .read(let configuration) where configuration.executing.isEmpty: continue
            case .read(let configuration): words.append("\(name): \(Self.list(configuration.executing))")
            case .unread(let why): words.append("\(name): \(why)")
            }
        }
        switch hooks {
        case nil: words.append("hooks: they cannot be looked at")
        case let names? where !names.isEmpty:
            words.append("hooks: \(Self.list(names.map { ShownPath.text($0.bytes) }))")
        default: break
        }
        return words + (common?.executed ?? [])
    }

    /// Whether the parts that make a directory a repository changed since `start`, so that it may not have been one
    /// before: `HEAD`, or the modes of the directories, which git checks as well.
    func mayHaveBecomeOne(since start: Moment, isInUse: Bool) -> Bool {
        ["HEAD", "objects", "refs"].contains { name in
            guard let status = (try? repository.status(FilePath(name))).flatMap(\.self) else { return false }
            // In a repository in use, new entries change the times of the directories.
            let isEveryday = isInUse && name != "HEAD" && Moment(modified: status) >= start
            return Moment(status) >= start && !isEveryday
        }
    }

    /// The finding about the repository as a whole.
    package func finding(at path: FilePath) -> GitFinding {
        let executed = executed
        let words = (["a git repository"] + executed).joined(separator: "; ")
        return GitFinding(path, words, isExecuted: !executed.isEmpty)
    }

    /// The changes since `start` among the files that git executes or follows. Links are reported each time, because
    /// their targets may have changed.
    ///
    /// - Parameter commonDirectory: The content of `commondir` when it names no other directory.
    package func changes(
        since start: Moment, keepsLinks: Bool = true, commonDirectory: String = "."
    ) -> [GitFinding] {
        var found: [GitFinding] = []
        for name in Self.followed.keys.sorted() where name != "commondir" || !leads(to: commonDirectory) {
            found += changes(of: FilePath(name), since: start, keepsLinks: keepsLinks, words: Self.followed[name] ?? "")
        }
        for (directory, words) in Self.followedDirectories {
            for name in (try? repository.names(FilePath(directory), limit: 1 << 12)) ?? [] {
                let path = FilePath(directory).appending(name)
                found += changes(of: path, since: start, keepsLinks: keepsLinks, words: words)
            }
        }
        return found + replacements(since: start) + hookChanges(since: start, keepsLinks: keepsLinks)
    }

    /// The finding for a file if it or its directory changed: a directory can be renamed together with old files.
    private func changes(
        of path: FilePath, since start: Moment, keepsLinks: Bool, words: String
    ) -> [GitFinding] {
        let name = path.string
        do {
            guard let status = try repository.status(path) else { return [] }
            let above = path.components.count > 1 ? try repository.status(path.removingLastComponent()) : nil
            let isLink = FileKind(mode: status.st_mode) == .link
            let isMoved = above.map { Self.isMoved($0, with: name, since: start) } ?? false
            let isNew = Moment(status) >= start || isMoved
            guard isNew || (isLink && keepsLinks), isLink || !isWithoutCommands(path) else { return [] }
            let what = isLink ? "a link that git follows" : words
            return [GitFinding(path, what + keys(in: name), isExecuted: isLink || !Self.isOnlyRead(name))]
        } catch let error as FileError where [.notDirectory, .tooManySymbolicLinkLevels].contains(error.errno) {
            // A link on the way is a finding itself.
            let above = path.removingLastComponent()
            guard !above.isEmpty, let status = try? repository.status(above),
                FileKind(mode: status.st_mode) == .link, keepsLinks || Moment(status) >= start
            else { return [] }
            return [GitFinding(path, "\(words), by a link that git follows", isExecuted: true)]
        } catch { return [GitFinding(path, "it cannot be looked at", isExecuted: true)] }
    }

    /// Whether the file is a todo list without commands, as a rebase leaves it that stopped at its last command.
    private func isWithoutCommands(_ path: FilePath) -> Bool {
        guard ["git-rebase-todo", "todo"].contains(path.lastComponent?.string),
            let bytes = repository.bytes(path, limit: GitConfiguration.limit)
        else { return false }
        return bytes.split(separator: UInt8(ascii: "\n")).allSatisfy { line in
            let first = line.first { ![UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains($0) }
            return first == nil || first == UInt8(ascii: "#")
        }
    }

    /// Whether a file may have been moved together with its directory.
    private static func isMoved(_ directory: stat, with name: String, since start: Moment) -> Bool {
        guard Moment(directory) >= start, !name.hasPrefix("objects/") else { return false }
        return !shown.contains(name) || Moment(modified: directory) < start
    }

    /// Replacements of objects (git-replace(1)), which make git show other content than that of the commits.
    private func replacements(since start: Moment) -> [GitFinding] {
        var found: [GitFinding] = []
        do {
            for name in try repository.names("refs/replace", limit: 1 << 12) {
                let path = FilePath("refs/replace").appending(name)
                guard let status = try repository.status(path), Moment(status) >= start else { continue }
                found.append(GitFinding(path, "git shows another object in the place of this one"))
            }
        } catch let error as FileError where error.errno == .noSuchFileOrDirectory {
        } catch let error as FileError where error.errno == .tooManySymbolicLinkLevels {
            // `refs` is a link in what git-new-workdir makes: only a new one can lead to other replacements.
            let links = ["refs", "refs/replace"].compactMap { (try? repository.status(FilePath($0))).flatMap(\.self) }
            if links.contains(where: { FileKind(mode: $0.st_mode) == .link && Moment($0) >= start }) {
                found.append(GitFinding("refs", "a link that git follows"))
            }
        } catch { found.append(GitFinding("refs/replace", "replacements of objects that cannot be looked at")) }
        guard let status = (try? repository.status("packed-refs")).flatMap(\.self), Moment(status) >= start else {
            return found
        }
        let bytes = repository.bytes("packed-refs", limit: 16 << 20)
        if bytes.map({ String(decoding: $0, as: UTF8.self).contains(" refs/replace/") }) ?? true {
            found.append(GitFinding("packed-refs", "git may show other objects in the place of some (refs/replace)"))
        }
        return found
    }

    /// Whether `commondir` contains exactly this.
    func leads(to directory: String) -> Bool {
        repository.bytes("commondir", limit: 64) == Array("\(directory)\n".utf8)
    }

    private func hookChanges(since start: Moment, keepsLinks: Bool) -> [GitFinding] {
        guard let directory = try? repository.status("hooks") else { return [] }
        switch FileKind(mode: directory.st_mode) {
        case .directory:
            guard let hooks else { return [GitFinding("hooks", "hooks that cannot be looked at", isExecuted: true)] }
            return hooks.compactMap { name in
                let path = FilePath("hooks").appending(name)
                guard let status = try? repository.status(path) else { return nil }
                let isLink = keepsLinks && FileKind(mode: status.st_mode) == .link
                guard Moment(status) >= start || isLink else { return nil }
                return GitFinding(path, "a hook", isExecuted: true)
            }
        case .link where keepsLinks || Moment(directory) >= start:
            return [GitFinding("hooks", "a link that git follows", isExecuted: true)]
        default: return []
        }
    }
}

extension GitRepositoryReview {
    private static let configurations = ["config", "config.worktree"]
    private static let followed = [
        "info/exclude": "it hides files from `git status`", "info/grafts": "git shows another history",
        "shallow": "git shows another history",
        "info/sparse-checkout": "it hides files of the work tree",
        "config": "git's configuration", "config.worktree": "git's configuration",
        "commondir": "it sends git to another directory", "info/attributes": "it chooses filters and programs for diff",
        "arc/config": "arc reads it", "lazygit.yml": "lazygit reads it", "sl/config": "Sapling reads it",
        "objects/info/alternates": "git reads another repository's objects", "objects/info/commit-graph": history,
        "MERGE_AUTOSTASH": "the host's next commit or merge applies what it names",
        "BISECT_START": "`git bisect reset` checks out what it names",
        "rebase-merge/orig-head": unfinished, "rebase-merge/autostash": unfinished,
        "rebase-apply/orig-head": unfinished, "rebase-apply/autostash": unfinished,
        "rebase-apply/next": "`git am --continue` applies the patches beside it",
        "MERGE_RR": "the host's next commit takes the resolutions that it names over into `rr-cache`",
        "sequencer/todo": "`git cherry-pick --continue` executes it",
        "sequencer/head": "`git cherry-pick --abort` checks out what it names",
        "rebase-merge/git-rebase-todo": "`git rebase --continue` executes it",
        "rebase-merge/strategy": "`git rebase --continue` executes what it names",
        "sequencer/opts": "`git cherry-pick --continue` executes what it names",
        "rebase-apply/git-rebase-todo": "`git rebase --continue` executes it",
    ]

    private static let unfinished = "the end of the rebase checks out or applies what it names"
    private static let history =
        "git believes it unchecked, and shows another history by a forged one: `git commit-graph verify` looks"
    private static let followedDirectories = [
        ("remotes", "a place that git fetches and pushes"), ("branches", "a place that git fetches and pushes"),
        ("objects/info/commit-graphs", history),
    ]

    private static func isOnlyRead(_ name: String) -> Bool {
        name == "info/attributes" || name.hasPrefix("objects/info/") || shown.contains(name)
    }

    /// Files that change what git shows. git itself writes beside them in normal use.
    private static let shown: Set<String> = ["info/exclude", "info/grafts", "info/sparse-checkout", "shallow"]

    private enum Reading {
        case nothing
        case read(GitConfiguration)
        case unread(String)
    }

    private func configuration(_ name: String) -> Reading {
        switch try? repository.kind(FilePath(name)) {
        case .nothing: return .nothing
        case .link: return .unread("a link that git follows")
        case .file: break
        default: return .unread("it cannot be looked at")
        }
        guard let bytes = repository.bytes(FilePath(name), limit: GitConfiguration.limit) else {
            return .unread("it cannot be read")
        }
        return .read(GitConfiguration(bytes))
    }

    private func keys(in name: String) -> String {
        guard Self.configurations.contains(name), case .read(let configuration) = configuration(name) else { return "" }
        let keys = configuration.executing
        return keys.isEmpty ? "" : ", which executes \(Self.list(keys))"
    }

    /// The hooks without the samples, which git does not execute; `nil` when they cannot be listed.
    private var hooks: [FilePath.Component]? {
        guard let kind = try? repository.kind("hooks") else { return nil }
        guard kind == .directory else { return kind == .link ? nil : [] }
        return (try? repository.names("hooks", limit: 4096))?.filter {
            !$0.bytes.suffix(7).elementsEqual(".sample".utf8)
        }
    }

    private static func list(_ names: [String]) -> String {
        let more = names.count > 5 ? " and \(names.count - 5) more" : ""
        return names.prefix(5).map { ShownPath.text($0.utf8.prefix(100)) }.joined(separator: ", ") + more
    }
}

extension FilePath.Component {
    /// The bytes of the name.
    var bytes: [UInt8] { FilePath(root: nil, [self]).bytes }
}

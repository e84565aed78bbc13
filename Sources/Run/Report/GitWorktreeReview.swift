// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// What git would do in a worktree because of the repository that is guarded: the gitlinks in its index, and the files of the
/// worktree that its configuration names.
package struct GitWorktreeReview {
    private let tree: ContainerTree
    private let workTree: FilePath
    private let repository: ContainerTree
    private let path: FilePath
    private let directory: FilePath

    /// A review of the work tree at `workTree` in `tree`, whose repository is at `path` in another tree, or the same.
    ///
    /// - Parameter directory: The directory with its index, in the tree of the repository; `nil` is the repository.
    package init(
        _ tree: ContainerTree, at workTree: FilePath = "", repository: ContainerTree? = nil, path: FilePath = ".git",
        directory: FilePath? = nil
    ) {
        (self.tree, self.workTree) = (tree, workTree)
        (self.repository, self.path, self.directory) = (repository ?? tree, path, directory ?? path)
    }

    /// The most files that are looked at because `git status` does not compare them.
    private static let mostHidden = 200_000

    /// The paths of the gitlinks in the index, and those that `git status` does not compare; `nil` when there is an index that
    /// cannot be read.
    package var index: (gitlinks: Set<[UInt8]>, hidden: [[UInt8]])? {
        var (links, hidden, name): (Set<[UInt8]>, [[UInt8]], String) = ([], [], "index")
        var split: GitIndex?
        // Another `.git` than a directory is a finding itself.
        guard (try? repository.kind(directory)) == .directory || directory.isEmpty else { return ([], []) }
        for _ in 0..<2 {
            let path = directory.appending(name)
            guard let kind = try? repository.kind(path) else { return nil }
            if kind == .nothing && name == "index" { return ([], []) }
            guard let bytes = repository.bytes(path, limit: GitIndex.limit) else { return nil }
            let index = GitIndex(bytes, sharedBy: split)
            guard !index.isMalformed else { return nil }
            links.formUnion(index.gitlinks)
            hidden += index.hidden
            // Nothing but zeros stands for no other file.
            guard let shared = index.shared, shared.dropFirst(12).contains(where: { $0 != "0" }) else { break }
            name = shared
            split = index
        }
        return (links, hidden)
    }

    /// The files of `paths`, which `git status` does not compare, that changed since `start`.
    func changes(of paths: [[UInt8]], since start: Moment) -> [GitFinding] {
        paths.prefix(Self.mostHidden).compactMap { bytes in
            let path = workTree.pushing(FilePath(bytes: bytes))
            guard let status = (try? tree.status(path)).flatMap(\.self), Moment(status) >= start else { return nil }
            return GitFinding(path, "it changed, and the index hides it from `git status`")
        }
    }

    /// Files of the worktree that a configuration executes or reads, and that changed since `start`: the repository's and
    /// the caller's own, which counts everywhere, with the files that they include.
    package func changes(since start: Moment, rules: RepositoryRules? = nil) -> [GitFinding] {
        var (found, seen): ([GitFinding], Set<FilePath>) = ([], [])
        let home = rules?.home ?? "/"
        let all = IncludedConfiguration(of: path, in: repository, rules: rules, trees: [tree, repository])
        for place in [all.unreadable?.path].compactMap(\.self) + all.unread.map(\.path) {
            guard let path = inTree(place) else { continue }
            found.append(GitFinding(path, "git's configuration, which cannot be read", isExecuted: true))
        }
        for variable in all.variables where variable.entry.executes {
            let entry = variable.entry
            for path in paths(entry, variable.base, home) where seen.insert(path).inserted {
                found += changes(at: path, since: start, key: entry.key)
            }
        }
        return found
    }

    /// The places in the tree that a value can mean: the value itself, relative to the file that it is in where it is included,
    /// and words of a command that look like a path, wherever a shell would find them.
    private func paths(_ entry: GitConfiguration.Entry, _ base: FilePath, _ home: FilePath) -> [FilePath] {
        guard let value = entry.value else { return [] }
        let base = entry.isInclude ? base : tree.place(workTree)
        let whole = IncludedConfiguration.place(value, from: base, home: home).flatMap(inTree)
        let words = entry.words.prefix(32).filter { !$0.utf8.contains(0) && $0.utf8.count < 1024 }
        return [whole].compactMap(\.self)
            + words.filter { $0.contains("/") || $0.contains(".") }.flatMap { candidates($0, among: words) }
    }

    /// Where a word can lead: from the work tree, from another directory of the command (`cd tools && ./x`), as the end of a
    /// path whose beginning is a variable, a command or the home, and as a module of Python's.
    private func candidates(_ word: String, among words: [String]) -> [FilePath] {
        var texts = [word] + words.filter { $0 != word }.prefix(8).map { "\($0)/\(word)" }
        var rest = Substring(word)
        while let slash = rest.firstIndex(of: "/"), texts.count < 32 {
            rest = rest[rest.index(after: slash)...]
            texts.append(String(rest))
        }
        if !word.contains("/") { texts.append(word.replacing(".", with: "/") + ".py") }
        return texts.compactMap { text in
            let path = FilePath(text)
            return path.isRelative && !path.isEmpty ? inTree(tree.place(workTree).pushing(path)) : nil
        }
    }

    private func inTree(_ place: FilePath) -> FilePath? {
        var place = place.lexicallyNormalized()
        return place.removePrefix(tree.path) && !place.isEmpty ? place : nil
    }

    /// Whether a link in a directory of hooks leads to a file of the tree that changed.
    private func leadsToChange(_ link: FilePath, since start: Moment) -> Bool {
        guard let target = try? tree.target(link) else { return true }
        let place = target.isAbsolute ? target : tree.place(link.removingLastComponent()).pushing(target)
        guard let path = inTree(place) else { return false }
        return (try? tree.status(path)).flatMap(\.self).map { Moment($0) >= start } ?? false
    }

    private func changes(at path: FilePath, since start: Moment, key: String) -> [GitFinding] {
        let words = "executed or read by git: \(ShownPath.text(key.utf8.prefix(100)))"
        let status: stat
        do {
            guard let found = try tree.status(path) else { return [] }
            status = found
        } catch let error as FileError where error.errno == .tooManySymbolicLinkLevels {
            return [GitFinding(path, "\(words); a link is on the way", isExecuted: true)]
        } catch { return [] }
        guard FileKind(mode: status.st_mode) == .directory else {
            let counts = Moment(status) >= start || FileKind(mode: status.st_mode) == .link
            return counts ? [GitFinding(path, words, isExecuted: true)] : []
        }
        // A directory that only stands in a command is none that git executes.
        guard key.hasSuffix(".hookspath") || key.hasSuffix(".templatedir") else { return [] }
        guard let names = try? tree.names(path, limit: 4096) else {
            return [GitFinding(path, "\(words); it cannot be read", isExecuted: true)]
        }
        let isNew = Moment(status) >= start
        return names.compactMap { name in
            let file = path.appending(name)
            guard let status = (try? tree.status(file)).flatMap(\.self) else { return nil }
            let isLink = FileKind(mode: status.st_mode) == .link
            guard isNew || Moment(status) >= start || (isLink && leadsToChange(file, since: start)) else { return nil }
            return GitFinding(file, words, isExecuted: true)
        }
    }
}

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

    /// The paths of the gitlinks in the index; `nil` when there is an index that cannot be read.
    package var gitlinks: Set<[UInt8]>? {
        var (links, name): (Set<[UInt8]>, String) = ([], "index")
        // Another `.git` than a directory is a finding itself.
        guard (try? repository.kind(directory)) == .directory || directory.isEmpty else { return [] }
        for _ in 0..<2 {
            let path = directory.appending(name)
            guard let kind = try? repository.kind(path) else { return nil }
            if kind == .nothing && name == "index" { return [] }
            guard let bytes = repository.bytes(path, limit: GitIndex.limit) else { return nil }
            let index = GitIndex(bytes)
            guard !index.isMalformed else { return nil }
            links.formUnion(index.gitlinks)
            // Nothing but zeros stands for no other file.
            guard let shared = index.shared, shared.dropFirst(12).contains(where: { $0 != "0" }) else { break }
            name = shared
        }
        return links
    }

    /// Files of the worktree that a configuration executes or reads, and that changed since `start`: the repository's, and
    /// the caller's own, which counts everywhere.
    package func changes(since start: Moment, settings: [GitConfiguration.Entry] = []) -> [GitFinding] {
        var (found, seen): ([GitFinding], Set<FilePath>) = ([], [])
        let own = ["config", "config.worktree"].flatMap { name in
            let bytes = repository.bytes(path.appending(name), limit: GitConfiguration.limit)
            return bytes.map { GitConfiguration($0).entries } ?? []
        }
        for entry in own + settings where entry.executes {
            for path in paths(entry) where seen.insert(path).inserted {
                found += changes(at: path, since: start, key: entry.key)
            }
        }
        return found
    }

    /// The places in the tree that a value can mean. A path in an include is relative to the file that it is in.
    private func paths(_ entry: GitConfiguration.Entry) -> [FilePath] {
        let base = entry.section.hasPrefix("include") ? repository.place(path) : tree.place(workTree)
        return ([entry.value ?? ""] + entry.words).prefix(64).compactMap { word in
            guard !word.isEmpty, !word.utf8.contains(0), word.utf8.count < 4096 else { return nil }
            return inTree(base.pushing(FilePath(word)))
        }
            + entry.words.prefix(64).compactMap { word in
                // What a variable or a command of the shell put before it: `$PWD/tools/x`, `$(git rev-parse ...)/tools/x`.
                guard let slash = word.firstIndex(of: "/"), !word.utf8.contains(0), word.utf8.count < 4096 else {
                    return nil
                }
                return inTree(tree.place(workTree).pushing(FilePath(String(word[slash...].drop { $0 == "/" }))))
            }
    }

    private func inTree(_ place: FilePath) -> FilePath? {
        var place = place.lexicallyNormalized()
        return place.removePrefix(tree.path) && !place.isEmpty ? place : nil
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
            guard isNew || ((try? tree.status(file)).flatMap(\.self).map { Moment($0) >= start } ?? true) else {
                return nil
            }
            return GitFinding(file, words, isExecuted: true)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// The changes in a project among the files that the host executes.
package struct ChangeReport: Hashable, Sendable {
    /// Files with a set-uid or set-gid bit, devices, and directories of repositories to which everybody may write, in
    /// sentences; normally none.
    package private(set) var setID = ReportLines()
    /// Directories with a default access control list (acl(5)) that they did not have at the start, in sentences.
    package private(set) var defaultLists = ReportLines()
    /// Files that git on the host executes, or follows to programs to execute, each with a description.
    package private(set) var executed = ReportLines()
    /// Other files that git on the host reads or follows.
    package private(set) var followed = ReportLines()
    /// The other files, relative to the project.
    package private(set) var files = ReportLines()
    /// New links to targets outside of the project, each with its target.
    package private(set) var outward = ReportLines()
    /// The number of such files that did not change, but may have been moved with a changed directory.
    package private(set) var unclear = 0
    /// The number of new directories that are not named `.git` and that git nevertheless recognizes as repositories.
    package private(set) var bare = 0
    /// The places that were not checked.
    package private(set) var gaps = ReportGaps()
    /// The new owner of the directory, if it changed.
    package private(set) var owner: OwnerChange?
    /// Whether nothing changed, and everything was checked.
    package var isEmpty: Bool {
        [setID, defaultLists, executed, followed, files, outward].allSatisfy(\.isEmpty) && gaps.isEmpty && owner == nil
    }

    /// Whether the report on a directory misses changes of its older files: on a tmpfs, a write through mmap(2) changes no
    /// time.
    package static func isIncomplete(on directory: FilePath) -> Bool {
        directory.withPlatformString { clinux_is_in_memory($0) } != 0
    }

    /// Searches `directory` for changes since `start`.
    ///
    /// - Parameters:
    ///   - repositories: The guarded directories of git. Those outside of `directory` are searched as well.
    ///   - workTrees: The work trees of these repositories, whose configurations name further files.
    ///   - rules: The rules with the caller's own git configuration.
    ///   - directories: The directories at the start, by their paths below `directory`.
    ///   - defaultLists: Their default access control lists at the start.
    ///   - complete: The guarded directories that were repositories at the start; `nil` if unknown.
    ///   - baseline: The state at the start; `nil` if unknown.
    ///   - limits: The limits of the search.
    ///   - seenAs: The mount point in the container; `nil` for the same path.
    package init(
        _ directory: FilePath, since start: Moment, repositories: [FilePath] = [], workTrees: [GuardedWorkTree] = [],
        rules: RepositoryRules? = nil, directories: [FileIdentity: FilePath] = [:],
        defaultLists: [FileIdentity: [UInt8]] = [:], complete: Set<FileIdentity>? = nil,
        baseline: ReportBaseline? = nil, seenAs: FilePath? = nil, limits: ReportLimits = ReportLimits()
    ) {
        guard let tree = try? ContainerTree(directory), let opened = try? tree.open("", O_RDONLY | O_DIRECTORY),
            let status = try? ContainerTree.status(of: opened)
        else {
            gaps.add([], .moved)
            return
        }
        owner = baseline?.ownerChange(to: status)
        let reviews = GitWorktreeReview.all(of: workTrees, in: tree)
        for path in reviews.unread { gaps.add(path.bytes, .moved) }
        let links = gitlinks(reviews.own, since: start, baseline)
        let submodules = Set(workTrees.filter(\.isSubmodule).compactMap { Self.bytes(of: $0.path, in: tree) })
        let guarded = Set(repositories.compactMap { (try? ContainerTree($0))?.identity })
        var visitor = ReportVisitor(
            since: start, in: directory, seenAs: seenAs, guarded: guarded, gitlinks: links, submodules: submodules)
        (visitor.gaps, visitor.followed) = (gaps, followed)
        (visitor.directories, visitor.knownLists) = (directories.mapValues(\.bytes), defaultLists)
        (visitor.tree, visitor.complete, visitor.limits) = (tree, complete, limits)
        visitor.restored = baseline?.restored(in: tree) ?? []
        visitor.modules = Set(GitDirectory.submodules(of: "", in: tree).map(\.bytes))
        var mark = ReportMark()
        mark.isNew = Moment(status) >= start
        // The workspace may be a bare repository.
        if guarded.contains(tree.identity) { (mark.place, mark.isDotGit) = (.guarded, true) }
        take(Self.walk(visitor, through: opened, mark, of: tree, repositories))
        add(reviews.all, in: tree) { $0.changes(since: start, rules: rules, baseline: baseline) }
    }

    private static func bytes(of path: FilePath, in tree: ContainerTree) -> [UInt8]? {
        var path = path
        return path.removePrefix(tree.path) ? path.bytes : nil
    }

    /// The directories that git enters because of gitlinks in the work trees' indices. Adds the changed files that the
    /// indices hide.
    private mutating func gitlinks(
        _ reviews: [(review: GitWorktreeReview, path: FilePath)], since start: Moment, _ baseline: ReportBaseline?
    ) -> Set<[UInt8]> {
        var all: Set<[UInt8]> = []
        for (review, path) in reviews where path.components.first?.kind != .parentDirectory {
            guard let (links, hidden) = review.index else {
                gaps.add(path.appending(".git/index").bytes, .refused(.invalidArgument))
                continue
            }
            all.formUnion(path.isEmpty ? links : Set(links.map { path.bytes + [UInt8(ascii: "/")] + $0 }))
            for finding in review.changes(of: hidden, since: start, baseline: baseline) {
                followed.add("\(ShownPath.text(finding.path.bytes))  (\(finding.words))", .init(name: "hidden"))
            }
        }
        return all
    }

    private mutating func take(_ visitor: ReportVisitor) {
        (setID, executed, followed, files) = (visitor.setID, visitor.executed, visitor.followed, visitor.files)
        (unclear, bare, gaps, outward) = (visitor.unclear, visitor.bare, visitor.gaps, visitor.outward)
        defaultLists = visitor.defaultLists
        if visitor.hasNewReferences {
            for line in visitor.nested.first { followed.add(line, .init(name: "nested")) }
        }
        for group in visitor.groups where group.count > 0 {
            files.add(
                "\(ShownPath.text(group.path))/  (the directory is new or has changed, with \(group.count) more in it)",
                .init(isNear: !group.path.contains(UInt8(ascii: "/")), name: "directory"))
        }
        for group in visitor.dependencies where group.count > 0 {
            files.add(
                "\(ShownPath.text(group.path))/  (packages, with \(group.count) such files)", .init(name: "~packages"))
        }
    }

    /// Adds the findings of the reviews, each once, by path in `tree` or on the host.
    private mutating func add(
        _ reviews: [GitWorktreeReview], in tree: ContainerTree, _ find: (GitWorktreeReview) -> [GitFinding]
    ) {
        var seen: Set<String> = []
        for review in reviews {
            for finding in find(review) {
                let path = review.tree === tree ? finding.path : review.tree.place(finding.path)
                let line = "\(ShownPath.text(path.bytes))  (\(finding.words))"
                guard seen.insert(line).inserted else { continue }
                let kind = ReportLines.Kind(isNear: true, name: finding.kind)
                if finding.isExecuted { executed.add(line, kind) } else { followed.add(line, kind) }
            }
        }
    }
}

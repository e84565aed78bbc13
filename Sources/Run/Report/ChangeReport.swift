// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// What changed in a project, among the files that the host executes.
package struct ChangeReport: Hashable, Sendable {
    /// Files with a set-uid or set-gid bit and devices, in sentences: there should be none.
    package private(set) var setID = ReportLines()
    /// What git on the host executes or follows where it finds a program to execute, each with what it is.
    package private(set) var executed = ReportLines()
    /// What git on the host reads or follows otherwise.
    package private(set) var followed = ReportLines()
    /// The other files, relative to the project.
    package private(set) var files = ReportLines()
    /// New links that lead out of the project, each with its target.
    package private(set) var outward = ReportLines()
    /// How many such files did not change, but may have been moved with a directory that did.
    package private(set) var unclear = 0
    /// How many new directories are no `.git` and are repositories for git all the same, wherever it is called in them.
    package private(set) var bare = 0
    /// What was not looked at.
    package private(set) var gaps = ReportGaps()
    /// The owner of the directory, where that is another one than at the start.
    package private(set) var owner: OwnerChange?
    /// Whether nothing changed, and everything was looked at.
    package var isEmpty: Bool {
        [setID, executed, followed, files, outward].allSatisfy(\.isEmpty) && gaps.isEmpty && owner == nil
    }

    /// Looks through `directory` for what changed since `start`.
    ///
    /// - Parameters:
    ///   - repositories: git's own directories that are guarded. Those outside of `directory` are looked through as well.
    ///   - workTrees: The work trees of these repositories, of which the files count that their configuration names.
    ///   - rules: With the caller's own configuration of git.
    ///   - directories: Directories as they were at the start, by their paths below `directory`.
    ///   - complete: The guarded directories that were repositories at the start; `nil` where that is not known.
    ///   - baseline: What was there at the start; `nil` where that is not known.
    ///   - limits: How much is looked at.
    ///   - seenAs: Where the container saw it; `nil` where it saw it at the same place.
    package init(
        _ directory: FilePath, since start: Moment, repositories: [FilePath] = [], workTrees: [GuardedWorkTree] = [],
        rules: RepositoryRules? = nil, directories: [FileIdentity: FilePath] = [:],
        complete: Set<FileIdentity>? = nil, baseline: ReportBaseline? = nil, seenAs: FilePath? = nil,
        limits: ReportLimits = ReportLimits()
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
        visitor.directories = directories.mapValues(\.bytes)
        (visitor.tree, visitor.complete, visitor.limits) = (tree, complete, limits)
        visitor.modules = Set(GitDirectory.submodules(of: "", in: tree).map(\.bytes))
        var mark = ReportMark()
        mark.isNew = Moment(status) >= start
        // A bare repository as workspace.
        if guarded.contains(tree.identity) { (mark.place, mark.isDotGit) = (.guarded, true) }
        take(Self.walk(visitor, through: opened, mark, of: tree, repositories))
        add(reviews.all, in: tree) { $0.changes(since: start, rules: rules, baseline: baseline) }
    }

    private static func bytes(of path: FilePath, in tree: ContainerTree) -> [UInt8]? {
        var path = path
        return path.removePrefix(tree.path) ? path.bytes : nil
    }

    /// The directories that git goes into because of the indices of the work trees. Notes the changed files that these
    /// hide.
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

    /// Adds what the reviews find, each once, by its path in `tree` or on the host.
    private mutating func add(
        _ reviews: [GitWorktreeReview], in tree: ContainerTree, _ find: (GitWorktreeReview) -> [GitFinding]
    ) {
        var seen: Set<String> = []
        for review in reviews {
            for finding in find(review) {
                let path = review.tree === tree ? finding.path : review.tree.place(finding.path)
                let line = "\(ShownPath.text(path.bytes))  (\(finding.words))"
                guard seen.insert(line).inserted else { continue }
                let kind = ReportLines.Kind(isNear: true, name: "named")
                if finding.isExecuted { executed.add(line, kind) } else { followed.add(line, kind) }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import CLinux
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
    /// Whether nothing changed, and everything was looked at.
    package var isEmpty: Bool {
        [setID, executed, followed, files, outward].allSatisfy(\.isEmpty) && gaps.isEmpty
    }

    /// Looks through `folder` for what changed since `start`.
    ///
    /// - Parameters:
    ///   - repositories: git's own directories that are guarded. Those outside of `folder` are looked through as well.
    ///   - workTrees: The work trees of these repositories, of which the files count that their configuration names.
    ///   - rules: With the caller's own configuration of git.
    ///   - directories: Directories as they were at the start, by their paths below `folder`.
    ///   - complete: The guarded directories that were repositories at the start; `nil` where that is not known.
    ///   - seenAs: Where the container saw it; `nil` where it saw it at the same place.
    package init(
        _ folder: FilePath, since start: Moment, repositories: [FilePath] = [], workTrees: [GuardedWorkTree] = [],
        rules: RepositoryRules? = nil, directories: [FileIdentity: FilePath] = [:],
        complete: Set<FileIdentity>? = nil, seenAs: FilePath? = nil
    ) {
        guard let tree = try? ContainerTree(folder), let directory = try? tree.open("", O_RDONLY | O_DIRECTORY),
            let status = try? ContainerTree.status(of: directory)
        else {
            gaps.add([], .moved)
            return
        }
        let top = GuardedWorkTree(path: folder, repository: folder.appending(".git"))
        let workTrees = workTrees.contains { $0.path == folder } ? workTrees : workTrees + [top]
        let reviews = workTrees.compactMap { review($0, in: tree) }
        let links = gitlinks(reviews, since: start)
        let submodules = Set(workTrees.filter(\.isSubmodule).compactMap { Self.bytes(of: $0.path, in: tree) })
        let guarded = Set(repositories.compactMap { (try? ContainerTree($0))?.identity })
        var visitor = ReportVisitor(
            since: start, in: folder, seenAs: seenAs, guarded: guarded, gitlinks: links, submodules: submodules)
        (visitor.gaps, visitor.followed) = (gaps, followed)
        visitor.directories = directories.mapValues(\.bytes)
        (visitor.tree, visitor.complete) = (tree, complete)
        visitor.modules = Set(GitDirectory.submodules(of: "", in: tree).map(\.bytes))
        var walk = TreeWalk(visitor)
        var mark = ReportMark()
        mark.isNew = Moment(status) >= start
        // A bare repository as workspace.
        if guarded.contains(tree.identity) { (mark.place, mark.isDotGit) = (.guarded, true) }
        walk.walk(directory, mark)
        Self.follow(in: tree, &walk)
        let outside = repositories.filter { !$0.starts(with: folder) }
        for repository in outside where !outside.contains(where: { $0 != repository && repository.starts(with: $0) }) {
            Self.look(through: repository, &walk)
        }
        take(walk.finish())
        for (review, _) in reviews { add(review.changes(since: start, rules: rules)) }
    }

    private static func bytes(of path: FilePath, in tree: ContainerTree) -> [UInt8]? {
        var path = path
        return path.removePrefix(tree.path) ? path.bytes : nil
    }

    /// The review of a work tree in the tree, with its path there.
    private mutating func review(
        _ workTree: GuardedWorkTree, in tree: ContainerTree
    ) -> (GitWorktreeReview, FilePath)? {
        var (path, inside, directory) = (workTree.path, workTree.repository, workTree.directory)
        if !path.removePrefix(tree.path) {
            guard let above = Self.way(from: tree.path, upTo: path) else { return nil }
            path = above
        }
        let isInside = inside.removePrefix(tree.path)
        guard let repository = isInside ? tree : try? ContainerTree(inside) else {
            gaps.add(inside.bytes, .moved)
            return nil
        }
        guard directory.removePrefix(repository.path) else { return nil }
        let review = GitWorktreeReview(
            tree, at: path, repository: repository, path: isInside ? inside : "", directory: directory)
        return (review, path)
    }

    /// `..` for each component between; `nil` where `place` is not above.
    private static func way(from path: FilePath, upTo place: FilePath) -> FilePath? {
        guard path.starts(with: place) else { return nil }
        let count = path.components.count - place.components.count
        return FilePath(Array(repeating: "..", count: count).joined(separator: "/"))
    }

    /// The directories that git goes into because of the indices of the work trees. Notes the changed files that these hide.
    private mutating func gitlinks(_ reviews: [(GitWorktreeReview, FilePath)], since start: Moment) -> Set<[UInt8]> {
        var all: Set<[UInt8]> = []
        for (review, path) in reviews where path.components.first?.kind != .parentDirectory {
            guard let (links, hidden) = review.index else {
                gaps.add(path.appending(".git/index").bytes, .refused(.invalidArgument))
                continue
            }
            all.formUnion(path.isEmpty ? links : Set(links.map { path.bytes + [UInt8(ascii: "/")] + $0 }))
            for finding in review.changes(of: hidden, since: start) {
                followed.add("\(ShownPath.text(finding.path.bytes))  (\(finding.words))", .init(name: "hidden"))
            }
        }
        return all
    }

    /// A guarded repository outside of the project, the one that a worktree belongs to, with what is in it.
    private static func look(through repository: FilePath, _ walk: inout TreeWalk<ReportVisitor>) {
        guard let tree = try? ContainerTree(repository), let directory = try? tree.open("", O_RDONLY | O_DIRECTORY)
        else {
            return walk.visitor.missed(repository.bytes, .moved)
        }
        var mark = ReportMark()
        (mark.place, mark.isDotGit) = (.guarded, true)
        walk.walk(directory, path: repository.bytes, mark)
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

    private mutating func add(_ findings: [GitFinding]) {
        for finding in findings {
            executed.add(
                "\(ShownPath.text(finding.path.bytes))  (\(finding.words))", .init(isNear: true, name: "named"))
        }
    }
}

extension ChangeReport {
    /// Looks at what older links lead to, in the project: a container cannot write what is outside.
    private static func follow(in tree: ContainerTree, _ walk: inout TreeWalk<ReportVisitor>) {
        var (next, seen): (Int, Set<FileIdentity>) = (0, [])
        while next < walk.visitor.links.count {
            let link = walk.visitor.links[next]
            next += 1
            let number = place(of: link, in: tree).withPlatformString {
                clinux_follow_beneath(tree.handle.rawValue, $0)
            }
            guard number >= 0 else {
                let failure = Errno(rawValue: errno)
                if [.permissionDenied, .fileNameTooLong].contains(failure) {
                    walk.visitor.missed(link.path, .refused(failure))
                }
                continue
            }
            let target = FileDescriptor(rawValue: number)
            defer { try? target.close() }
            guard let status = try? ContainerTree.status(of: target), seen.insert(FileIdentity(status)).inserted else {
                continue
            }
            look(at: target, status, link, &walk)
        }
    }

    private static func place(of link: ReportVisitor.Link, in tree: ContainerTree) -> FilePath {
        var target = FilePath(bytes: link.target)
        if target.isAbsolute { return target.removePrefix(tree.path) ? target : FilePath(bytes: link.target) }
        return FilePath(bytes: link.path).removingLastComponent().pushing(target)
    }

    private static func look(
        at target: FileDescriptor, _ status: stat, _ link: ReportVisitor.Link, _ walk: inout TreeWalk<ReportVisitor>
    ) {
        let isNew = Moment(status) >= walk.visitor.start
        guard status.st_mode & S_IFMT == S_IFDIR else {
            if isNew { walk.visitor.noteTarget(of: link) }
            return
        }
        do {
            let directory = try ContainerTree.open(".", beneath: target, O_RDONLY | O_DIRECTORY)
            walk.walk(directory, path: link.path, walk.visitor.mark(of: link, isNew: isNew))
        } catch { walk.visitor.missed(link.path, .refused(error as? Errno ?? .ioError)) }
    }
}

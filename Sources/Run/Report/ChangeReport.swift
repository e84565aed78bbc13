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
    /// How many such files did not change, but may have been moved with a directory that did.
    package private(set) var unclear = 0
    /// How many new directories are no `.git` and are repositories for git all the same, wherever it is called in them.
    package private(set) var bare = 0
    /// What was not looked at.
    package private(set) var gaps = ReportGaps()

    /// Looks through `folder` for what changed since `start`.
    ///
    /// - Parameters:
    ///   - repositories: git's own directories that are guarded, of which hooks and configuration count.
    ///   - workTrees: The work trees of these repositories, of which the files count that their configuration names.
    package init(
        _ folder: FilePath, since start: Moment, repositories: [FilePath] = [], workTrees: [GuardedWorkTree] = []
    ) {
        guard let tree = try? ContainerTree(folder), let directory = try? tree.open("", O_RDONLY | O_DIRECTORY),
            let status = try? ContainerTree.status(of: directory)
        else {
            gaps.add([], .moved)
            return
        }
        let guarded = Self.inside(tree, repositories)
        let links = GitWorktreeReview(tree).gitlinks
        var walk = TreeWalk(ReportVisitor(since: start, guarded: guarded, gitlinks: links ?? []))
        var mark = ReportMark()
        mark.isNew = Moment(status) >= start
        walk.walk(directory, mark)
        Self.follow(in: tree, &walk)
        take(walk.finish())
        if links == nil { gaps.add(Array(".git/index".utf8), .refused(.invalidArgument)) }
        for workTree in workTrees { look(at: workTree, in: tree, since: start) }
        for repository in repositories where !repository.starts(with: folder) { look(at: repository, since: start) }
    }

    /// The guarded repositories in the tree.
    private static func inside(_ tree: ContainerTree, _ repositories: [FilePath]) -> Set<FileIdentity> {
        Set(
            repositories.compactMap { repository in
                var path = repository
                return path.removePrefix(tree.path) ? (try? tree.identity(path)).flatMap(\.self) : nil
            })
    }

    /// The files of a work tree in the tree that the configuration of its repository names.
    private mutating func look(at workTree: GuardedWorkTree, in tree: ContainerTree, since start: Moment) {
        var (path, inside) = (workTree.path, workTree.repository)
        guard path.removePrefix(tree.path) else { return }
        let isInside = inside.removePrefix(tree.path)
        guard let repository = isInside ? tree : try? ContainerTree(inside) else {
            return gaps.add(inside.bytes, .moved)
        }
        let review = GitWorktreeReview(tree, at: path, repository: repository, path: isInside ? inside : "")
        add(review.changes(since: start), at: [])
    }

    /// A guarded repository outside of the project: the one that a worktree belongs to.
    private mutating func look(at repository: FilePath, since start: Moment) {
        guard let tree = try? ContainerTree(repository) else { return gaps.add(repository.bytes, .moved) }
        add(GitRepositoryReview(tree).changes(since: start, keepsLinks: false), at: repository.bytes)
        for name in (try? tree.names("worktrees", limit: 1 << 12)) ?? [] {
            let place = FilePath("worktrees").appending(name)
            guard let directory = try? tree.open(place, O_RDONLY | O_DIRECTORY) else { continue }
            defer { try? directory.close() }
            guard let own = try? ContainerTree(directory, path: tree.place(place)) else { continue }
            let changes = GitRepositoryReview(own).changes(since: start, keepsLinks: false, commonDirectory: "../..")
            add(changes, at: tree.place(place).bytes)
        }
    }

    private mutating func take(_ visitor: ReportVisitor) {
        (setID, executed, followed, files) = (visitor.setID, visitor.executed, visitor.followed, visitor.files)
        (unclear, bare, gaps) = (visitor.unclear, visitor.bare, visitor.gaps)
        for group in visitor.groups where group.count > 0 {
            files.add(
                "\(ShownPath.text(group.path))/  (the directory is new or has changed, with \(group.count) more in it)")
        }
        for group in visitor.dependencies where group.count > 0 {
            files.add("\(ShownPath.text(group.path))/  (packages, with \(group.count) such files)")
        }
    }

    private mutating func add(_ findings: [GitFinding], at place: [UInt8]) {
        for finding in findings {
            let path = (place.isEmpty ? [] : place + [UInt8(ascii: "/")]) + finding.path.bytes
            executed.add("\(ShownPath.text(path))  (\(finding.words))")
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

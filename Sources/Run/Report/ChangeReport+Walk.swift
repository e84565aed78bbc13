// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension ChangeReport {
    /// Walks through a tree and the repositories outside of it, in an order that prevents a container from hiding
    /// important changes in large directories: the files, git's own directories, then large directories, each with its
    /// own budget.
    static func walk(
        _ visitor: ReportVisitor, through directory: FileDescriptor, _ mark: ReportMark, of tree: ContainerTree,
        _ repositories: [FilePath]
    ) -> ReportVisitor {
        let entries = visitor.limits.entries
        var walk = TreeWalk(visitor, limits: TreeLimits(entries: entries))
        for repository in repositories { walk.visitor.expect(repository, in: tree) }
        walk.walk(directory, mark)
        walkRepositories(&walk)
        walk.visitor.isOrdering = false
        walk.allow(entries)
        for place in walk.visitor.takeLarge() { look(at: place, &walk) }
        walk.allow(entries)
        follow(in: tree, &walk)
        return walk.finish()
    }

    /// Each repository has its share of the budget, so that a large one does not affect the others.
    private static func walkRepositories(_ walk: inout TreeWalk<ReportVisitor>) {
        let limits = walk.visitor.limits
        var budget = limits.entries
        let places = walk.visitor.takeRepositories()
        for (index, place) in places.enumerated() {
            let share = min(budget, max(limits.fewest, budget / (places.count - index)))
            walk.allow(share)
            look(at: place, &walk)
            budget -= share - walk.left
        }
    }

    private static func look(at place: ReportVisitor.Place, _ walk: inout TreeWalk<ReportVisitor>) {
        do {
            let directory = try walk.visitor.open(place.path)
            walk.walk(directory, path: place.path, walk.visitor.begin(place.mark))
        } catch { walk.visitor.missed(place.path, .moved) }
    }

    /// Checks the targets of older links in the project: a container cannot write to anything outside.
    private static func follow(in tree: ContainerTree, _ walk: inout TreeWalk<ReportVisitor>) {
        var (next, seen): (Int, Set<FileIdentity>) = (0, [])
        while next < walk.visitor.links.count {
            let link = walk.visitor.links[next]
            next += 1
            guard let path = place(of: link, in: tree) else { continue }
            let trail = LinkTrail(path, in: tree)
            guard case .there(let end) = trail.ending, let target = try? tree.locate(end) else {
                if case .refused(let error) = trail.ending, [.permissionDenied, .fileNameTooLong].contains(error) {
                    walk.visitor.missed(link.path, .refused(error))
                }
                continue
            }
            defer { try? target.close() }
            switch walk.visitor.arrival(of: trail, from: path) {
            case .moved:
                walk.visitor.noteTarget(of: link, "which leads to another one than before")
                continue
            case .unclear: walk.visitor.unclear += 1
            case .old: break
            }
            guard let status = try? ContainerTree.status(of: target), seen.insert(FileIdentity(status)).inserted else {
                continue
            }
            look(at: target, status, link, &walk)
        }
    }

    /// The path of the link, or for a link of a repository outside of the tree, the path at which it enters the tree.
    private static func place(of link: ReportVisitor.Link, in tree: ContainerTree) -> FilePath? {
        let path = FilePath(bytes: link.path)
        guard path.isAbsolute else { return path }
        guard case .tree(_, let below) = CallerPath(path, trees: WrittenTrees(at: tree.path)) else { return nil }
        return below
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

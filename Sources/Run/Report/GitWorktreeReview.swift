// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Determines what git would do in a worktree of a guarded repository: the gitlinks in its index, and the files of the
/// worktree that its configuration names.
package struct GitWorktreeReview {
    let tree: ContainerTree
    let workTree: FilePath
    let repository: ContainerTree
    let path: FilePath
    let directory: FilePath
    /// The work that is left for the objects of all repositories.
    private(set) var budget = GitBudget()

    /// A review of the work tree at `workTree` in `tree`, or at an absolute path, whose repository is at `path` in the
    /// same or another tree.
    ///
    /// - Parameter directory: The directory with its index, in the tree of the repository; `nil` for the repository.
    package init(
        _ tree: ContainerTree, at workTree: FilePath = "", repository: ContainerTree? = nil, path: FilePath = ".git",
        directory: FilePath? = nil
    ) {
        (self.tree, self.workTree) = (tree, workTree)
        (self.repository, self.path, self.directory) = (repository ?? tree, path, directory ?? path)
    }

    /// The reviews of a tree for work trees.
    struct Reviews {
        /// The reviews of work trees that are in the tree or enclose it, each with its path there.
        var own: [(review: GitWorktreeReview, path: FilePath)] = []
        /// The reviews of work trees elsewhere, whose configurations can name files in the tree, and of the
        /// repositories outside to which the own ones belong.
        var others: [GitWorktreeReview] = []
        /// The repositories that cannot be opened.
        var unread: [FilePath] = []

        /// All reviews.
        var all: [GitWorktreeReview] { own.map(\.review) + others }
    }

    /// The reviews of `tree` for `workTrees` and for its own repository.
    static func all(of workTrees: [GuardedWorkTree], in tree: ContainerTree) -> Reviews {
        let top = GuardedWorkTree(path: tree.path, repository: tree.path.appending(".git"))
        var reviews = Reviews()
        let budget = GitBudget()
        for workTree in workTrees.contains(where: { $0.path == tree.path }) ? workTrees : workTrees + [top] {
            var (path, inside, directory) = (workTree.path, workTree.repository, workTree.directory)
            let isInside = inside.removePrefix(tree.path)
            guard let repository = isInside ? tree : try? ContainerTree(inside) else {
                reviews.unread.append(inside)
                continue
            }
            guard directory.removePrefix(repository.path) else { continue }
            let review = { (tree: ContainerTree, path: FilePath) -> GitWorktreeReview in
                var review = GitWorktreeReview(
                    tree, at: path, repository: repository, path: isInside ? inside : "", directory: directory)
                review.budget = budget
                return review
            }
            let above = path.removePrefix(tree.path) ? path : way(from: tree.path, upTo: path)
            guard let above else {
                reviews.others.append(review(tree, path))
                continue
            }
            reviews.own.append((review(tree, above), above))
            if !isInside { reviews.others.append(review(repository, workTree.path)) }
        }
        return reviews
    }

    /// `..` for each component in between; `nil` when `place` is not a parent.
    private static func way(from path: FilePath, upTo place: FilePath) -> FilePath? {
        guard path.starts(with: place) else { return nil }
        let count = path.components.count - place.components.count
        return FilePath(Array(repeating: "..", count: count).joined(separator: "/"))
    }
}

extension GitWorktreeReview {
    /// The maximum number of checked files that `git status` does not compare.
    private static let mostHidden = 200_000

    /// The paths of the gitlinks in the index, and those that `git status` does not compare; `nil` when an index cannot
    /// be read.
    package var index: (gitlinks: Set<[UInt8]>, hidden: [[UInt8]])? {
        guard let files = indices() else { return nil }
        return (Set(files.flatMap(\.gitlinks)), files.flatMap(\.hidden))
    }

    /// The path of the index file on the host, with its bytes; `nil` for none.
    var indexFile: (place: FilePath, bytes: [UInt8])? {
        let file = directory.appending("index")
        return repository.bytes(file, limit: GitIndex.limit).map { (repository.place(file), $0) }
    }

    /// The index, with the shared file of a split index; `nil` when one cannot be read.
    ///
    /// - Parameters:
    ///   - known: The bytes of the index; `nil` to read it.
    ///   - places: The paths whose versions are needed.
    private func indices(_ known: [UInt8]? = nil, at places: [[UInt8]] = []) -> [GitIndex]? {
        // A `.git` that is not a directory is itself a finding.
        guard (try? repository.kind(directory)) == .directory || directory.isEmpty else { return [] }
        var (found, name): ([GitIndex], String) = ([], "index")
        for _ in 0..<2 {
            let path = directory.appending(name)
            var bytes = found.isEmpty ? known : nil
            if bytes == nil {
                guard let kind = try? repository.kind(path) else { return nil }
                if kind == .nothing && name == "index" { return [] }
                bytes = repository.bytes(path, limit: GitIndex.limit)
            }
            guard let bytes else { return nil }
            let index = GitIndex(bytes, sharedBy: found.first, at: places)
            guard !index.isMalformed else { return nil }
            found.append(index)
            // A name of zeros means that there is no shared file.
            guard let shared = index.shared, shared.dropFirst(12).contains(where: { $0 != "0" }) else { break }
            name = shared
        }
        return found
    }

    /// A hash of the index entries at or below each of `places`, which changes with their content.
    ///
    /// - Parameter known: The bytes of the index; `nil` to read it.
    func versions(at places: [[UInt8]], _ known: [UInt8]? = nil) -> [[UInt8]: Int]? {
        indices(known, at: places).map { files in
            files.reduce(into: [:]) { all, index in all.merge(index.versions) { $0 &+ $1 } }
        }
    }

    /// The trees that the index keeps for the next commit; `nil` when the index cannot be read.
    ///
    /// - Parameter known: The bytes of the index; `nil` to read it.
    func keptTrees(at places: [[UInt8]], _ known: [UInt8]? = nil) -> Set<GitIndex.KeptTree>? {
        indices(known, at: places).map { Set($0.flatMap(\.keptTrees)) }
    }

    /// The files of `paths`, which `git status` does not compare, that changed since `start` or are gone.
    func changes(of paths: [[UInt8]], since start: Moment, baseline: ReportBaseline?) -> [GitFinding] {
        var gone: [[UInt8]] = []
        let changed = paths.prefix(Self.mostHidden).compactMap { bytes -> GitFinding? in
            let path = workTree.pushing(FilePath(bytes: bytes))
            guard let status = (try? tree.status(path)).flatMap(\.self) else {
                gone.append(bytes)
                return nil
            }
            guard Moment(status) >= start else { return nil }
            return GitFinding(path, "it changed, and the index hides it from `git status`")
        }
        return changed
            + hidden(gone, since: start, baseline).map {
                GitFinding(
                    workTree.pushing(FilePath(bytes: $0)), "it is gone, and the index hides it from `git status`")
            }
    }

    /// The files in `gone` that the index did not hide at the start, if that is known. Files that a new
    /// `info/sparse-checkout` excludes are not listed, because that file is.
    private func hidden(_ gone: [[UInt8]], since start: Moment, _ baseline: ReportBaseline?) -> [[UInt8]] {
        guard !gone.isEmpty else { return [] }
        let sparse = (try? repository.status(directory.appending("info/sparse-checkout"))).flatMap(\.self)
        if let sparse, Moment(sparse) >= start { return [] }
        let place = repository.place(directory.appending("index"))
        guard let bytes = baseline?.index(at: place), let files = indices(bytes) else {
            return sparse == nil ? gone : []
        }
        let known = Set(files.flatMap(\.hidden))
        return gone.filter { !known.contains($0) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension GitGuard {
    /// Creates the missing placeholders, owned by the owner of their directory. Placeholders of a killed launcher, or
    /// of another launcher of the project at the same time, are reused.
    ///
    /// - Throws: `FileError`, `RunError.changedMeanwhile`.
    package func makePlaceholders() throws {
        for guarded in trees {
            var made: [FilePath] = []
            for path in guarded.paths {
                guard let placeholder = path.placeholder, try guarded.tree.kind(path.path) == .nothing else { continue }
                do {
                    switch placeholder {
                    case .directory:
                        try guarded.tree.makeDirectory(path.path)
                        made.append(path.path)
                    case .file(let text): try guarded.tree.create(path.path, Array(text.utf8))
                    }
                } catch let error as FileError where error.errno == .fileExists {
                    guard try guarded.tree.kind(path.path) == path.kind else {
                        throw RunError.changedMeanwhile(guarded.tree.place(path.path))
                    }
                }
            }
            // Parents last: a new entry changes their times.
            for path in made.reversed() { Self.mark(path, in: guarded.tree) }
        }
    }

    /// Gives a directory the time by which a later launcher recognizes it.
    private static func mark(_ path: FilePath, in tree: ContainerTree) {
        guard let directory = try? tree.open(path, O_RDONLY | O_DIRECTORY) else { return }
        defer { try? directory.close() }
        futimens(directory.rawValue, [placeholderTime, placeholderTime])
    }

    /// The time of change of a directory that a start created: one that nothing else gives.
    private static let placeholderTime = timespec(tv_sec: 86_400, tv_nsec: 20_030_614)

    /// Whether a start created the directory, and nothing was created in it since.
    static func isPlaceholder(_ path: FilePath, in tree: ContainerTree) -> Bool {
        guard let status = (try? tree.status(path)).flatMap(\.self), FileKind(mode: status.st_mode) == .directory else {
            return false
        }
        return status.st_mtim.tv_sec == placeholderTime.tv_sec && status.st_mtim.tv_nsec == placeholderTime.tv_nsec
    }

    /// The paths of the placeholders on the host.
    package var placeholders: Set<FilePath> {
        Set(trees.flatMap { tree in tree.paths.filter { $0.placeholder != nil }.map { tree.tree.place($0.path) } })
    }

    /// The patterns of the files among them that git would list as untracked in a work tree (gitignore(5)).
    package var ignoredPatterns: [String] {
        trees.indices.flatMap { number -> [FilePath] in
            let files = trees[number].paths.filter { $0.placeholder != nil && $0.kind == .file }
            return files.filter { repository(around: (number, $0.path)) == nil }.map {
                trees[number].tree.place($0.path)
            }
        }.flatMap { place in
            workTrees.compactMap { Self.relative(place, to: $0.path) }.compactMap(Self.pattern)
        }
    }

    private static func pattern(_ path: FilePath) -> String? {
        guard let text = String(validating: path), !text.unicodeScalars.contains(where: { $0.value < 32 }) else {
            return nil
        }
        let special = "\\*?[]!# ".unicodeScalars
        let escaped = text.unicodeScalars.map { special.contains($0) ? "\\\($0)" : "\($0)" }
        return "/\(escaped.joined())"
    }

    /// The first directory in which a placeholder is missing and this process cannot create it, with the number of its
    /// tree; `nil` when there is none.
    package var unwritable: (number: Int, place: FilePath)? {
        for (number, guarded) in trees.enumerated() {
            for path in guarded.paths where path.placeholder != nil {
                let parent = path.path.removingLastComponent()
                guard (try? guarded.tree.kind(path.path)) == .nothing, !guarded.tree.isWritable(parent) else {
                    continue
                }
                return (number, guarded.tree.place(parent))
            }
        }
        return nil
    }

    /// The identities of the repositories, and of trees with placeholders of their own.
    package var identities: Set<FileIdentity> {
        let own = trees.indices.flatMap { number -> [(Int, FilePath)] in
            let places = trees[number].paths.compactMap(\.repository)
            return places.isEmpty ? [] : (places + [""]).map { (number, $0) }
        }
        let all = held.map { ($0.number, $0.path) } + own
        return Set(all.compactMap { (try? trees[$0.0].tree.identity($0.1)).flatMap { $0 } })
    }

    /// This program's `config.lock` files on repositories that no launcher uses.
    package var staleLocks: [FilePath] {
        held.compactMap { number, path in
            let tree = trees[number].tree
            let file = path.appending("config.lock")
            guard tree.bytes(file, limit: 1 << 12) == Array(Self.lockText.utf8),
                let identity = (try? tree.identity(path)).flatMap(\.self),
                ProjectLock.isFree(identity)
            else { return nil }
            return tree.place(file)
        }
    }

    /// Whether the index of a work tree has a placeholder: the host has committed it.
    private func isTracked(_ place: FilePath) -> Bool {
        workTrees.contains { workTree in
            guard let name = Self.relative(place, to: workTree.path)?.bytes,
                let bytes = (try? ContainerTree(workTree.directory))?.bytes("index", limit: GitIndex.limit)
            else { return false }
            return GitIndex(bytes, at: [name]).versions[name] != nil
        }
    }

    /// Removes the unchanged placeholders. This happens only after the last container of the repository: removing a
    /// mount point removes the mount everywhere (rename(2) and unlink(2) since Linux 3.18), and with it the guard.
    ///
    /// - Parameter isLast: Whether no other launcher uses the directory of that identity.
    package func removePlaceholders(where isLast: (FileIdentity) -> Bool = { _ in true }) {
        for (number, guarded) in trees.enumerated() {
            let known = Set(guarded.paths.compactMap(\.repository))
            func isUnused(_ path: FilePath) -> Bool {
                (try? guarded.tree.identity(path)).flatMap { $0 }.map(isLast) ?? false
            }
            let last = known.filter(isUnused)
            // Another launcher's project can be above or below this one's, and the parents of its placeholders differ: a
            // container changes what they are recognized by.
            lazy var isEnclosed = !RealPath.withAncestors(guarded.tree.path).dropFirst().allSatisfy {
                (try? ContainerTree($0).identity).map(isLast) ?? true
            }
            var free: [FilePath: Bool] = [:]
            func isTreeUnused(_ path: FilePath) -> Bool {
                if let known = free[path] { return known }
                let isFree = isUnused(path) && (path.isEmpty ? !isEnclosed : isTreeUnused(path.removingLastComponent()))
                free[path] = isFree
                return isFree
            }
            let repositories = Set(held.filter { $0.number == number }.map(\.path))
            for path in guarded.paths.reversed() where path.repository.map(last.contains) ?? false {
                let isOfRepository = path.repository.map(repositories.contains) ?? false
                guard isOfRepository || isTreeUnused(path.path.removingLastComponent()) else { continue }
                switch path.placeholder {
                case .directory: try? guarded.tree.removeDirectory(path.path)
                case .file(let text):
                    guard guarded.tree.bytes(path.path, limit: 1 << 12) == Array(text.utf8),
                        repository(around: (number, path.path)) != nil || !isTracked(guarded.tree.place(path.path))
                    else { continue }
                    try? guarded.tree.unlink(path.path)
                case nil: continue
                }
            }
        }
    }
}

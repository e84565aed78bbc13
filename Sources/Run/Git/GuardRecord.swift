// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import Synchronization
import SystemPackage

/// The state of a project's guarded paths when its container started, for a comparison at its end.
///
/// The guard can be lost from outside: a program of the host that replaces a guarded file removes the mount. And a
/// container can present git with another repository than the guarded one.
package struct GuardRecord: Sendable {
    /// A file that is held open, so that its inode cannot be reused.
    private final class Held: Sendable {
        private let handle: FileDescriptor

        init(_ handle: FileDescriptor) { self.handle = handle }

        deinit { try? handle.close() }
    }

    /// The current state of a guarded file: the host may have changed it, and it may have been restored.
    private final class Known: Sendable {
        let bytes: Mutex<[UInt8]?>
        let isRestored = Atomic(false)

        init(_ bytes: [UInt8]?) { self.bytes = Mutex(bytes) }
    }

    private struct Item: Sendable {
        let held: Held
        let tree: ContainerTree
        let path: FilePath
        let identity: FileIdentity
        let mode: mode_t
        /// The bytes of a read-only file.
        let bytes: [UInt8]?
        let isOurs: Bool
        /// Whether a checkout on the host can remove it.
        let isOfWorkTree: Bool
        let known: Known
    }

    private let items: [Item]
    private let repositories: [(tree: ContainerTree, path: FilePath)]
    private let user: FileOwner
    private static let limit = 1 << 20
    /// The number of attempts to restore a file that is replaced again at once.
    private static let attempts = 10

    /// Records every guarded path, after the placeholders were created.
    package init(_ guarding: GitGuard) {
        var (items, repositories): ([Item], [(ContainerTree, FilePath)]) = ([], [])
        for (number, guarded) in guarding.trees.enumerated() {
            for path in guarded.paths {
                guard let handle = try? guarded.tree.locate(path.path) else { continue }
                let held = Held(handle)
                guard let status = try? ContainerTree.status(of: handle) else { continue }
                let isFile = path.kind == .file && path.isReadOnly
                let bytes = isFile ? guarded.tree.bytes(path.path, limit: Self.limit) : nil
                items.append(
                    Item(
                        held: held, tree: guarded.tree, path: path.path, identity: FileIdentity(status),
                        mode: status.st_mode & 0o777,
                        bytes: bytes, isOurs: path.placeholder != nil,
                        isOfWorkTree: guarding.repository(around: (number, path.path)) == nil, known: Known(bytes)))
                let isRepository = path.path.lastComponent == "config" && path.isReadOnly
                let directory = GitDirectory(tree: guarded.tree, path: path.path.removingLastComponent())
                if isRepository, (try? directory.isRepository()) == true, directory.closed(to: guarding.user) == nil {
                    repositories.append((guarded.tree, path.path.removingLastComponent()))
                }
            }
        }
        (self.items, self.repositories, user) = (items, repositories, guarding.user)
    }

    /// The differences from the recorded state that affect git on the host, one sentence each.
    package func findings() -> [String] {
        items.compactMap(finding) + repositories.compactMap(finding)
    }

    /// Restores each file that was removed, replaced by something other than a file, or replaced by a configuration
    /// that makes git execute more than the known one. The replacement is moved aside: the mount is gone, and the
    /// host's changes cannot be told from the container's. Other changes of the host become the known state.
    ///
    /// - Parameter includingGone: Whether a missing file is restored: a program of the host may be about to write it.
    /// - Returns: A sentence for each restored file.
    package func restore(includingGone: Bool = true) -> [String] {
        items.compactMap { item in
            guard let known = item.known.bytes.withLock(\.self) else { return nil }
            let now: FileIdentity?
            do { now = try item.tree.identity(item.path) } catch { return nil }
            let found = item.tree.bytes(item.path, limit: GitConfiguration.limit)
            guard found != known else { return nil }
            let place = item.tree.place(item.path)
            guard let now else {
                guard includingGone, !item.isOurs, !item.isOfWorkTree else { return nil }
                return putBack(known, item) == nil
                    ? "'\(place)' was removed and cannot be restored: do not use git here"
                    : "'\(place)' was removed: the known one is restored"
            }
            let entries = GitConfiguration(known).entries
            let more = found.map {
                GitConfiguration($0).entries.filter { $0.executes && !entries.contains($0) }.map(\.key)
            }
            if now == item.identity || more == [] {
                if let found { item.known.bytes.withLock { $0 = found } }
                return nil
            }
            guard let aside = putBack(known, item) else {
                return "'\(place)' was replaced and cannot be restored: do not use git here"
            }
            let keys = more?.prefix(3).joined(separator: ", ") ?? "what cannot be read"
            return
                "'\(place)' was replaced, and made git execute \(keys): the known one is restored, the other is "
                + "'\(aside)'"
        }
    }

    /// Moves the replacement aside and writes the file. A container may create another replacement at the same time.
    ///
    /// - Returns: The path to which the first replacement was moved, or the file's own path.
    private func putBack(_ bytes: [UInt8], _ item: Item) -> FilePath? {
        var aside: FilePath?
        for _ in 0..<Self.attempts {
            // A later file is replaced in one step; a directory has to be moved aside.
            let isInTheWay = aside == nil || (try? item.tree.kind(item.path)) == .directory
            if isInTheWay, let moved = try? item.tree.moveAside(item.path) { aside = aside ?? moved }
            if (try? item.tree.replace(item.path, bytes, mode: item.mode)) != nil {
                item.known.isRestored.store(true, ordering: .relaxed)
                return aside ?? item.tree.place(item.path)
            }
        }
        return nil
    }

    private func finding(_ item: Item) -> String? {
        let place = item.tree.place(item.path)
        let seen = Result { try item.tree.identity(item.path) }
        // A file that the caller cannot access is a finding about its repository.
        if case .failure(let error as FileError) = seen, error.errno == .permissionDenied { return nil }
        guard let now = try? seen.get() else {
            return item.isOurs && item.path.lastComponent?.string.hasSuffix(".lock") != true
                ? nil : "'\(place)' was removed, although it was guarded"
        }
        if now != item.identity {
            let bytes = item.tree.bytes(item.path, limit: Self.limit)
            if item.known.isRestored.load(ordering: .relaxed), bytes == item.known.bytes.withLock(\.self) { return nil }
            return
                "'\(place)' was replaced during the run, so its guard was lost: check it before you use git here"
        }
        if let bytes = item.bytes, item.tree.bytes(item.path, limit: Self.limit) != bytes {
            return "'\(place)' was changed: check it before you use git here"
        }
        return nil
    }

    /// Without `HEAD`, `objects` or `refs`, git does not recognize a repository and searches on: the work tree itself,
    /// then the directories above (git(1), "The git repository").
    private func finding(_ repository: (tree: ContainerTree, path: FilePath)) -> String? {
        let directory = GitDirectory(tree: repository.tree, path: repository.path)
        if let closed = directory.closed(to: user) {
            return "\(closed.sentence), so \(closed.consequence)"
        }
        guard (try? directory.isRepository()) != true else { return nil }
        return
            "'\(repository.tree.place(repository.path))' is no longer a repository, so git uses another one: do not use git "
            + "here until HEAD, objects and refs are restored"
    }
}

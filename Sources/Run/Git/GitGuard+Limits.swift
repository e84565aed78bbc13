// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// Something that is in the way of a start.
package struct GuardObstacle: Hashable, Sendable {
    /// The place, on the host.
    package let place: FilePath
    /// What is wrong with it.
    package let why: String
}

/// How much an engine is asked to mount.
struct MountLoad {
    private static let mostMounts = 4096
    /// What execve(2) takes is 2 MiB with the environment, where the stack has its usual limit.
    private static let mostBytes = 1 << 20
    /// The options and separators of a mount's argument.
    private static let overhead = 64

    private(set) var mounts = 0
    private var bytes = 0
    private var isClosed = false

    /// Whether no start can carry it.
    var isTooMuch: Bool { mounts > Self.mostMounts || bytes > Self.mostBytes }
    /// Whether it leaves no room for what has to be guarded: the modules of the project's own repository.
    var isHalf: Bool { isClosed || mounts > Self.mostMounts / 2 || bytes > Self.mostBytes / 2 }

    /// One more did not fit: where little room is left, no other one is tried.
    mutating func refuse() { isClosed = isClosed || mounts > Self.mostMounts * 3 / 8 || bytes > Self.mostBytes * 3 / 8 }

    mutating func add(_ path: FilePath, of tree: GuardedTree) {
        mounts += 1
        bytes += tree.tree.path.length + tree.target.length + 2 * path.length + Self.overhead
    }
}

extension GitGuard {
    /// The most names of a directory of modules.
    static let mostModules = 4096
    private static let mostSentences = 1000
    /// The bytes behind a repository's path in the longest guarded one: `/.git/config.worktree.lock`.
    private static let deepest = 32

    /// Whether an engine can be told of the repository at `path`, and the kernel of what is guarded in it (PATH_MAX).
    func fits(_ number: Int, _ path: FilePath) -> Bool {
        let tree = trees[number]
        let longest = max(tree.tree.path.length, tree.target.length) + 1 + path.length + Self.deepest
        guard longest < 4096 else { return false }
        // Bytes and not characters: a mark joins the character before it.
        return !rules.mountsByPath || String(validating: path)?.utf8.allSatisfy { $0 >= 32 && $0 != 127 } ?? false
    }

    /// Guards a repository beside the tree's own, or leaves it where the mounts of a start do not suffice: what a
    /// container makes more of must not keep its user out.
    ///
    /// - Parameter useless: Its `.git`, with which it is left where that is of no use to git; `nil` refuses the start
    ///   then.
    mutating func guardInner(
        _ number: Int, _ path: FilePath, unless useless: FilePath?, _ body: (inout GitGuard) throws(RunError) -> Void
    ) throws(RunError) {
        guard !load.isHalf else { return leave(number, path, "there are too many repositories in the project") }
        let before = self
        do { try body(&self) } catch {
            guard let useless, case .unguardable(trees[number].tree.place(useless), _) = error else { throw error }
            self = before
            return leave(number, path, error.sentence)
        }
        guard load.isHalf else { return }
        // What is wrong in it refuses a start all the same.
        let found = obstacles
        self = before
        obstacles = found
        load.refuse()
        leave(number, path, "there are too many repositories in the project, or with too long paths")
    }

    /// Leaves a repository without a guard, and says so.
    mutating func leave(_ number: Int, _ path: FilePath, _ why: String) {
        guard unguarded.count < Self.mostSentences else { return }
        unguarded.append("'\(trees[number].tree.place(path))' is not guarded: \(why)")
    }

    /// Goes on behind what is in the way, where that is collected.
    mutating func attempt(_ body: (inout GitGuard) throws(RunError) -> Void) throws(RunError) {
        guard obstacles != nil else { return try body(&self) }
        do { try body(&self) } catch {
            guard let obstacle = GuardObstacle(error) else { throw error }
            obstacles?.append(obstacle)
        }
    }

    /// Refuses the start for what is at `place`, or goes on where that is collected.
    mutating func refuse(_ place: FilePath, _ why: String) throws(RunError) {
        guard obstacles != nil else { throw .unguardable(place, why) }
        obstacles?.append(GuardObstacle(place: place, why: why))
    }

    /// Refuses the directory of modules that needs the most mounts.
    mutating func refuseModules() throws(RunError) {
        var counts: [FilePath: Int] = [:]
        for (number, paths) in known {
            for path in paths.keys {
                guard let index = path.components.firstIndex(of: "modules") else { continue }
                let modules = FilePath(root: nil, path.components[...index])
                counts[trees[number].tree.place(modules), default: 0] += 1
            }
        }
        let largest = counts.max { ($0.value, $1.key.string) < ($1.value, $0.key.string) }
        let place = largest?.key ?? trees[0].tree.place(".git")
        try refuse(place, "it has too many submodules (\(load.mounts) mounts)")
    }
}

extension GuardObstacle {
    /// The obstacle in a refusal; `nil` for one that no renaming ends.
    init?(_ error: RunError) {
        switch error {
        case .unguardable(let place, let why): self.init(place: place, why: why)
        case .outsideRepository(let project, _, let why): self.init(place: project.appending(".git"), why: why)
        case .repositoryLocked(let place): self.init(place: place, why: "git's lock, if no git command runs")
        default: return nil
        }
    }
}

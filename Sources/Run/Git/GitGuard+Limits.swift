// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// An obstacle to a start.
package struct GuardObstacle: Hashable, Sendable {
    /// The path on the host.
    package let place: FilePath
    /// The problem.
    package let why: String
}

/// The number and size of the mounts of an engine.
struct MountLoad {
    private static let mostMounts = 4096
    /// execve(2) accepts 2 MiB including the environment, with the usual stack limit.
    private static let mostBytes = 1 << 20
    /// The size of a mount argument's options and separators.
    private static let overhead = 64

    private(set) var mounts = 0
    private var bytes = 0
    private var isClosed = false

    /// Whether the load exceeds the limits of a start.
    var isTooMuch: Bool { mounts > Self.mostMounts || bytes > Self.mostBytes }
    /// Whether the load leaves too little for the required guards: the modules of the project's own repository.
    var isHalf: Bool { isClosed || mounts > Self.mostMounts / 2 || bytes > Self.mostBytes / 2 }

    /// Records a mount that did not fit; near the limit no further one is tried.
    mutating func refuse() { isClosed = isClosed || mounts > Self.mostMounts * 3 / 8 || bytes > Self.mostBytes * 3 / 8 }

    mutating func add(_ path: FilePath, of tree: GuardedTree) {
        mounts += 1
        bytes += tree.tree.path.length + tree.target.length + 2 * path.length + Self.overhead
    }
}

extension GitGuard {
    /// The maximum number of names in a directory of modules.
    static let mostModules = 4096
    private static let mostSentences = 1000
    /// The longest suffix of a guarded path: `/.git/config.worktree.lock`.
    private static let deepest = 32

    /// Whether an engine can mount the repository at `path`, and the kernel its guarded paths (PATH_MAX).
    func fits(_ number: Int, _ path: FilePath) -> Bool {
        let tree = trees[number]
        let longest = max(tree.tree.path.length, tree.target.length) + 1 + path.length + Self.deepest
        guard longest < 4096 else { return false }
        // Bytes, not characters: a combining mark joins the character before it.
        return !rules.mountsByPath || String(validating: path)?.utf8.allSatisfy { $0 >= 32 && $0 != 127 } ?? false
    }

    /// Guards a repository beside the tree's own, or leaves it unguarded when the limits are exceeded: a container must
    /// not be able to lock out its user by creating many repositories.
    ///
    /// - Parameter useless: Its `.git`; when git cannot use that, the repository is left unguarded. `nil` refuses the
    ///   start instead.
    mutating func guardInner(
        _ number: Int, _ path: FilePath, unless useless: FilePath?, _ body: (inout GitGuard) throws(RunError) -> Void
    ) throws(RunError) {
        guard !load.isHalf else { return leave(number, path, "there are too many repositories in the project") }
        let before = self
        do { try body(&self) } catch {
            guard let useless, case .unguardable(trees[number].tree.place(useless), _) = error else { throw error }
            self = before
            let sentence = error.sentence
            return leave(number, path, sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence)
        }
        guard load.isHalf else { return }
        // A problem inside of it still refuses the start.
        let found = obstacles
        self = before
        obstacles = found
        load.refuse()
        leave(number, path, "there are too many repositories in the project, or with too long paths")
    }

    /// Leaves a repository unguarded, with a warning.
    mutating func leave(_ number: Int, _ path: FilePath, _ why: String) {
        warn("'\(ShownPath.brief(trees[number].tree.place(path).bytes))' is not guarded: \(why)")
    }

    /// Records a sentence for the start and the end.
    mutating func warn(_ sentence: String) {
        guard unguarded.count < Self.mostSentences, !unguarded.contains(sentence) else { return }
        unguarded.append(sentence)
    }

    /// Continues after an obstacle, if obstacles are collected.
    mutating func attempt(_ body: (inout GitGuard) throws(RunError) -> Void) throws(RunError) {
        guard obstacles != nil else { return try body(&self) }
        do { try body(&self) } catch {
            guard let obstacle = GuardObstacle(error) else { throw error }
            obstacles?.append(obstacle)
        }
    }

    /// Refuses the start because of `place`, or continues if obstacles are collected.
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
    /// The obstacle of a refusal; `nil` when renaming does not help.
    init?(_ error: RunError) {
        switch error {
        case .unguardable(let place, let why): self.init(place: place, why: why)
        case .outsideRepository(let project, _, let why), .danglingPointer(let project, _, let why):
            self.init(place: project.appending(".git"), why: why)
        case .repositoryLocked(let place): self.init(place: place, why: "git's lock, if no git command runs")
        default: return nil
        }
    }
}

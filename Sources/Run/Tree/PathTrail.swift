// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The resolution of a path of the host as the kernel performs it (path_resolution(7)), with everything on the way that
/// a container could replace: in the mounted trees, links, and directories that the path leaves again by `..`.
struct PathTrail {
    /// A path in one of the trees.
    typealias Place = (number: Int, path: FilePath)

    /// The end of the resolution.
    enum Ending {
        /// A path in a tree that exists.
        case there(Place)
        /// A path in a tree that does not exist, with the rest of the path after it.
        case missing(Place, rest: [FilePath.Component])
        /// A path in a tree that the kernel refuses to follow.
        case refused(Place, Errno)
        /// No path in a tree.
        case elsewhere
    }

    private static let mostSteps = 1000
    private static let mostLinks = 40

    /// The links in the trees.
    private(set) var links: [Place] = []
    /// The directories in the trees that the path leaves by `..`.
    private(set) var left: [Place] = []
    private(set) var ending = Ending.elsewhere

    private let trees: MountedTrees
    private var real: FilePath = "/"
    /// The remaining components in reverse order.
    private var rest: [FilePath.Component]

    /// Follows an absolute path.
    init(_ path: FilePath, in trees: MountedTrees) {
        self.trees = trees
        rest = path.components.reversed()
        var (steps, followed) = (0, 0)
        while let name = rest.popLast() {
            steps += 1
            guard steps < Self.mostSteps, followed < Self.mostLinks else {
                ending = trees.find(real).map { .refused($0, .tooManySymbolicLinkLevels) } ?? .elsewhere
                return
            }
            switch name.kind {
            case .currentDirectory: continue
            case .parentDirectory: leave()
            case .regular:
                guard let isLink = enter(name) else { return }
                if isLink { followed += 1 }
            }
        }
        ending = trees.find(real).map { .there($0) } ?? .elsewhere
    }

    private mutating func leave() {
        if let place = trees.find(real), !place.path.isEmpty { left.append(place) }
        real.removeLastComponent()
    }

    /// Enters the next component, or follows it when it is a link.
    ///
    /// - Returns: Whether it is a link; `nil` at the end of the resolution.
    private mutating func enter(_ name: FilePath.Component) -> Bool? {
        let next = real.appending(name)
        let place = trees.find(next)
        do {
            guard let kind = try trees.kind(next, place) else {
                if let place { ending = .missing(place, rest: rest.reversed()) }
                return nil
            }
            guard kind == .link else {
                real = next
                return false
            }
            if let place { links.append(place) }
            let target = try trees.target(next, place)
            if target.isAbsolute { real = "/" }
            rest += target.components.reversed()
            return true
        } catch {
            if let place { ending = .refused(place, (error as? FileError)?.errno ?? .ioError) }
            return nil
        }
    }
}

/// The mounted trees under all paths of the host that show them: bind mounts can show a tree, or a part of it, elsewhere.
struct MountedTrees {
    let trees: [ContainerTree]
    private let isReadOnly: [Bool]
    private let names: [(visible: FilePath, number: Int, below: FilePath)]

    /// - Parameters:
    ///   - mounts: The mount table of the host.
    ///   - isReadOnly: Whether each tree is read-only; of two that show a path, the writable one counts.
    init(_ trees: [ContainerTree], mounts: MountPoints, isReadOnly: [Bool] = []) {
        self.trees = trees
        self.isReadOnly = isReadOnly
        names = trees.indices.flatMap { number -> [(visible: FilePath, number: Int, below: FilePath)] in
            let path = trees[number].path
            let whole = [path] + mounts.origins(of: path)
            return whole.map { ($0, number, "") } + mounts.parts(of: path).map { ($0.point, number, $0.below) }
        }
    }

    /// The trees of a guard.
    init(_ trees: [GuardedTree], mounts: MountPoints) {
        self.init(trees.map(\.tree), mounts: mounts, isReadOnly: trees.map(\.isReadOnly))
    }

    /// The place in a tree of a path of the host without links; `nil` for none.
    func find(_ real: FilePath) -> PathTrail.Place? {
        let around = names.filter { real.starts(with: $0.visible) }
        // What one tree shows read-only, a tree around it can show writable.
        let writable = around.filter { !isReadOnly.indices.contains($0.number) || !isReadOnly[$0.number] }
        let possible = writable.isEmpty ? around : writable
        let deepest = possible.map(\.visible.components.count).max()
        guard let name = possible.first(where: { $0.visible.components.count == deepest }) else { return nil }
        return (name.number, name.below.appending(real.components.dropFirst(name.visible.components.count)))
    }

    /// The kind of a file, by handle when it is in a tree; `nil` when it does not exist.
    fileprivate func kind(_ real: FilePath, _ place: PathTrail.Place?) throws -> FileKind? {
        if let place {
            let kind = try trees[place.number].kind(place.path)
            return kind == .nothing ? nil : kind
        }
        do { return FileKind(mode: try Files.status(of: real).st_mode) } catch { return nil }
    }

    /// The target of a link.
    fileprivate func target(_ real: FilePath, _ place: PathTrail.Place?) throws -> FilePath {
        if let place { return try trees[place.number].target(place.path) }
        return try Files.targetPath(of: real)
    }
}

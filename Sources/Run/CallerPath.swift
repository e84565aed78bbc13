// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The target of a path of the caller. Links are followed up to the first path in a tree that containers write; from
/// there on a container controls the links, so the rest of the path is not resolved.
package enum CallerPath: Hashable, Sendable {
    /// The target does not exist, and a container cannot create it.
    case nothing
    /// A path of the host, resolved.
    case host(FilePath)
    /// A path in one of the trees: the tree's path and the path below it, which may contain links.
    case tree(FilePath, below: FilePath)

    private static let mostLinks = 40

    /// Follows `path`.
    ///
    /// - Parameters:
    ///   - trees: The trees that containers write.
    package init(_ path: FilePath, trees: WrittenTrees) {
        var walk = CallerWalk(path, trees: trees)
        while true {
            if let found = walk.entered() {
                self = found
                return
            }
            guard let component = walk.left.popLast() else {
                self = .host(walk.real)
                return
            }
            guard walk.step(component), walk.links < Self.mostLinks else {
                self = .nothing
                return
            }
        }
    }
}

/// The resolution of a path, one component at a time.
private struct CallerWalk {
    private let trees: WrittenTrees
    /// The tree that was entered under another path than its own.
    private var entry: FilePath?
    private(set) var real: FilePath = "/"
    private(set) var links = 0
    /// The remaining components in reverse order.
    var left: [FilePath.Component]

    init(_ path: FilePath, trees: WrittenTrees) {
        self.trees = trees
        let start = path.isAbsolute ? path : (RealPath.of(".") ?? "/").pushing(path)
        left = start.components.reversed()
    }

    /// The path in a tree; `nil` while the path is in no tree, or when it leaves the tree by `..`.
    mutating func entered() -> CallerPath? {
        guard let tree = entry ?? trees.tree(above: real) else { return nil }
        var below = real
        guard below.removePrefix(tree) else { return nil }
        for component in left.reversed() { below.append(component) }
        below = below.lexicallyNormalized()
        guard below.components.first?.kind == .parentDirectory else {
            return .tree(tree, below: below == "." ? "" : below)
        }
        (real, left, entry) = (tree, below.components.reversed(), nil)
        return nil
    }

    /// Resolves the next component.
    ///
    /// - Returns: Whether the component exists.
    mutating func step(_ component: FilePath.Component) -> Bool {
        switch component.kind {
        case .currentDirectory: return true
        case .parentDirectory:
            real.removeLastComponent()
            return true
        case .regular: break
        }
        let place = real.appending(component)
        guard let status = try? Files.status(of: place) else { return false }
        guard FileKind(mode: status.st_mode) == .link else {
            entry = trees.tree(at: place, FileIdentity(status))
            real = entry ?? place
            return true
        }
        links += 1
        guard let next = try? Files.targetPath(of: place) else { return false }
        if next.isAbsolute { real = "/" }
        left += next.components.reversed()
        return true
    }
}

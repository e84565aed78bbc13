// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Where a path of the caller's leads: links are followed up to the first place in a tree that containers write. From
/// there on a container chooses where they lead, so the rest of the path is left as it is.
package enum CallerPath: Hashable, Sendable {
    /// Nothing, and nothing that a container could make.
    case nothing
    /// A place of the host, by its real path.
    case host(FilePath)
    /// A place in one of the trees, by the tree's path and the path below it, on which links can be.
    case tree(FilePath, below: FilePath)

    private static let mostLinks = 40

    /// Follows `path`.
    ///
    /// - Parameters:
    ///   - trees: The trees that containers write, by their real paths.
    ///   - aliases: The same by their identity, for a tree that is mounted elsewhere too.
    package init(_ path: FilePath, trees: [FilePath], aliases: [FileIdentity: FilePath] = [:]) {
        var walk = CallerWalk(path, trees: trees, aliases: aliases)
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

/// A path on which links are followed, one component after the other.
private struct CallerWalk {
    private let trees: [FilePath]
    private let aliases: [FileIdentity: FilePath]
    private(set) var real: FilePath = "/"
    private(set) var links = 0
    /// The components that are left, the next one last.
    var left: [FilePath.Component]

    init(_ path: FilePath, trees: [FilePath], aliases: [FileIdentity: FilePath]) {
        (self.trees, self.aliases) = (trees, aliases)
        let start = path.isAbsolute ? path : (RealPath.of(".") ?? "/").pushing(path)
        left = start.components.reversed()
    }

    /// The place in a tree; `nil` as long as the path is in none, or leaves it by `..`.
    mutating func entered() -> CallerPath? {
        guard let tree = trees.first(where: { real.starts(with: $0) }) else { return nil }
        var below = real
        guard below.removePrefix(tree) else { return nil }
        for component in left.reversed() { below.append(component) }
        below = below.lexicallyNormalized()
        guard below.components.first?.kind == .parentDirectory else {
            return .tree(tree, below: below == "." ? "" : below)
        }
        (real, left) = (tree, below.components.reversed())
        return nil
    }

    /// Goes on by one component.
    ///
    /// - Returns: Whether there is anything.
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
            real = aliases[FileIdentity(status)] ?? place
            return true
        }
        links += 1
        guard let target = try? Files.target(of: place) else { return false }
        let next = FilePath(target)
        if next.isAbsolute { real = "/" }
        left += next.components.reversed()
        return true
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The resolution of a path of a tree as programs of the host perform it: every path on the way, opened by handle. It
/// includes absolute links, and links that leave the tree and come back.
struct LinkTrail {
    /// A path on the way, with no link above it.
    struct Step {
        let path: FilePath
        let status: stat
    }

    /// The end of the resolution.
    enum Ending {
        /// At a path that contains no link.
        case there(FilePath)
        /// At a path that does not exist.
        case nothing
        /// Outside of the tree, where a container cannot change anything.
        case outside
        /// The kernel refuses to follow the path, or it has too many links.
        case refused(Errno)
    }

    private static let mostSteps = 1000
    private static let mostLinks = 40

    private(set) var steps: [Step] = []
    private(set) var ending = Ending.nothing
    private var place = FilePath()
    /// The remaining components in reverse order.
    private var left: [FilePath.Component]

    /// Follows `path`, relative to `tree`.
    init(_ path: FilePath, in tree: ContainerTree) {
        left = path.components.reversed()
        var links = 0
        while let name = left.popLast() {
            switch name.kind {
            case .currentDirectory: continue
            case .parentDirectory where place.isEmpty:
                guard leave(tree.path.removingLastComponent(), tree) else { return }
                continue
            case .parentDirectory:
                place.removeLastComponent()
                continue
            case .regular: break
            }
            guard links < Self.mostLinks, steps.count < Self.mostSteps else {
                ending = .refused(.tooManySymbolicLinkLevels)
                return
            }
            guard let kind = enter(name, tree) else { return }
            if kind == .link {
                links += 1
                guard follow(tree) else { return }
            }
        }
        ending = .there(place)
    }

    /// Opens the next component, and enters it unless it is a link.
    private mutating func enter(_ name: FilePath.Component, _ tree: ContainerTree) -> FileKind? {
        let next = place.appending(name)
        do {
            guard let status = try tree.status(next) else { return nil }
            steps.append(Step(path: next, status: status))
            let kind = FileKind(mode: status.st_mode)
            if kind != .link { place = next }
            return kind
        } catch let error as FileError where error.errno == .notDirectory { return nil } catch {
            ending = .refused((error as? FileError)?.errno ?? .ioError)
            return nil
        }
    }

    private mutating func follow(_ tree: ContainerTree) -> Bool {
        guard let link = steps.last?.path, let target = try? tree.target(link) else {
            ending = .refused(.ioError)
            return false
        }
        guard target.isAbsolute else {
            left += target.components.reversed()
            return true
        }
        return leave(target, tree)
    }

    /// Continues at a path of the host.
    ///
    /// - Returns: Whether the path re-enters the tree.
    private mutating func leave(_ start: FilePath, _ tree: ContainerTree) -> Bool {
        var whole = start
        for component in left.reversed() { whole.append(component) }
        guard case .tree(_, let below) = CallerPath(whole, trees: WrittenTrees(at: tree.path)) else {
            ending = .outside
            return false
        }
        (place, left) = (FilePath(), below.components.reversed())
        return true
    }
}

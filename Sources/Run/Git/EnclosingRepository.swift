// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The repository whose work tree begins above a directory. A container sees the directory alone, so git does not work
/// in it.
package struct EnclosingRepository: Hashable, Sendable {
    /// The top directory of the work tree.
    package let workTree: FilePath
    /// Whether that directory may be mounted.
    package let isMountable: Bool

    /// Finds the repository as git does (git-rev-parse(1), `--show-toplevel`): in the nearest parent on the same file
    /// system; `nil` when the directory is in none, or begins one itself.
    ///
    /// - Parameter directory: A real path.
    package init?(above directory: FilePath, protected: @autoclosure () -> ProtectedPaths) {
        guard let tree = try? ContainerTree(directory), !Self.begins(in: tree) else { return nil }
        for parent in RealPath.withAncestors(directory).dropFirst() {
            guard let above = try? ContainerTree(parent), above.identity.device == tree.identity.device else {
                return nil
            }
            guard Self.begins(in: above) else { continue }
            workTree = parent
            isMountable = (try? MountableDirectory(parent, protected: protected())) != nil
            return
        }
        return nil
    }

    /// Whether a work tree or a bare repository begins in the directory that a start accepts: unlike git
    /// (`EnclosingWorkTree`), no guard follows a `.git` that is a link.
    private static func begins(in tree: ContainerTree) -> Bool {
        switch try? tree.kind(".git") {
        case .directory where (try? GitDirectory(tree: tree, path: ".git").isRepository()) == true: true
        case .file where GitDirectory.pointer(".git", in: tree) != nil: true
        default: (try? GitDirectory(tree: tree, path: "").isRepository()) == true
        }
    }
}

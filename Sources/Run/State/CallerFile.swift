// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// A file of the caller whose content a container gets.
package enum CallerFile {
    /// The bytes of the regular file at `path`. The caller's links are followed; where containers write, none is.
    ///
    /// - Parameters:
    ///   - trees: The directories that containers write or have written.
    ///   - limit: The maximum size in bytes.
    /// - Returns: `nil` when there is no such file, or when it is too large.
    package static func bytes(_ path: FilePath, in trees: WrittenTrees, limit: Int) -> [UInt8]? {
        switch CallerPath(path, trees: trees) {
        case .nothing: return nil
        case .host(let real): return try? Files.read(real, limit: limit)
        case .tree(let root, let below):
            guard let tree = try? ContainerTree(root), tree.firstLink(on: below) == nil else { return nil }
            return tree.bytes(below, limit: limit)
        }
    }
}

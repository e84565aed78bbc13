// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

extension ContainerTree {
    /// The disk usage of the tree in bytes, as far as it is readable. Other file systems mounted in it do not count; a
    /// file with two names counts twice.
    package func size() -> UInt64 {
        guard let directory = try? open("", O_RDONLY | O_DIRECTORY) else { return 0 }
        var walk = TreeWalk(SizeVisitor(), crossesMounts: false)
        let own = (try? Self.status(of: directory)).map { SizeVisitor.size(of: $0) } ?? 0
        walk.walk(directory, ())
        return own &+ walk.finish().bytes
    }
}

/// Sums the disk usage of files.
private struct SizeVisitor: TreeVisitor {
    private(set) var bytes: UInt64 = 0

    mutating func visit(_ entry: TreeEntry, in mark: inout Void) -> Void? {
        bytes &+= Self.size(of: entry.status)
        return ()
    }

    mutating func listed(_ directory: TreeDirectory, _ mark: Void) {}
    mutating func missed(_ path: [UInt8], _ gap: TreeGap) {}

    static func size(of status: stat) -> UInt64 { UInt64(clamping: status.st_blocks) &* 512 }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The real path: without symbolic links, `.` and `..`, by realpath(3). Links of `/proc` are followed as well.
package enum RealPath {
    /// The real path; `nil` when the file does not exist.
    package static func of(_ path: FilePath) -> FilePath? {
        guard let resolved = path.withPlatformString({ realpath($0, nil) }) else { return nil }
        defer { free(resolved) }
        return FilePath(platformString: resolved)
    }

    /// The real path without following links within `trees`: a container that writes to them would choose the target.
    ///
    /// - Throws: `RunError.linkOfContainer`, `.unreachable`.
    package static func of(_ path: FilePath, followingNoLinkIn trees: WrittenTrees) throws(RunError) -> FilePath {
        guard let start = path.isAbsolute ? FilePath("/") : of(".") else {
            throw .unreachable(path, Errno(rawValue: errno))
        }
        var (real, links) = (start, 0)
        var left = Array(path.components.reversed())
        while let component = left.popLast() {
            if component.kind == .currentDirectory { continue }
            if component.kind == .parentDirectory {
                real.removeLastComponent()
                continue
            }
            let place = real.appending(component)
            var status = stat()
            guard place.withPlatformString({ lstat($0, &status) }) == 0 else {
                throw .unreachable(path, Errno(rawValue: errno))
            }
            guard status.st_mode & S_IFMT == S_IFLNK else {
                real = place
                continue
            }
            if trees.mayHold(place) { throw .linkOfContainer(place) }
            links += 1
            guard links < 40, let next = try? Files.targetPath(of: place) else {
                throw .unreachable(path, .tooManySymbolicLinkLevels)
            }
            if next.isAbsolute { real = "/" }
            left += next.components.reversed()
        }
        return real
    }

    /// The identity of a file, independent of its path: device and inode.
    package static func identity(_ path: FilePath) -> FileIdentity? {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
        return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// The directory and all its parents, up to `/`.
    package static func withAncestors(_ path: FilePath) -> [FilePath] {
        var paths = [path]
        var current = path
        while !current.components.isEmpty {
            current.removeLastComponent()
            paths.append(current)
        }
        return paths
    }
}

/// A file's identity (inode(7)).
package struct FileIdentity: Hashable, Sendable {
    /// The device.
    package let device: UInt64
    /// The inode number.
    package let inode: UInt64

    /// The file with that inode number and device (stat(2), `st_dev` and `st_ino`).
    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

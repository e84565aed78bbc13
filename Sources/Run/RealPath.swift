// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// Where a path leads: without symbolic links, `.` and `..`, by realpath(3). Links of `/proc` are followed as well.
package enum RealPath {
    /// The place itself; `nil` when there is nothing.
    package static func of(_ path: FilePath) -> FilePath? {
        guard let resolved = path.withPlatformString({ realpath($0, nil) }) else { return nil }
        defer { free(resolved) }
        return FilePath(platformString: resolved)
    }

    /// The place itself, where no link within `trees` is followed: a container that writes them chooses where it leads.
    ///
    /// - Throws: `RunError.linkOfContainer`, `.unreachable`.
    package static func of(_ path: FilePath, followingNoLinkIn trees: [FilePath]) throws(RunError) -> FilePath {
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
            if trees.contains(where: { place.starts(with: $0) }) { throw .linkOfContainer(place) }
            links += 1
            guard links < 40, let target = try? Files.target(of: place) else {
                throw .unreachable(path, .tooManySymbolicLinkLevels)
            }
            let next = FilePath(target)
            if next.isAbsolute { real = "/" }
            left += next.components.reversed()
        }
        return real
    }

    /// What tells a file from every other one, whatever its name: device and inode.
    package static func identity(_ path: FilePath) -> FileIdentity? {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else { return nil }
        return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// The directory itself and every one above it, up to `/`.
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
    /// The file system.
    package let device: UInt64
    /// The number in it.
    package let inode: UInt64

    /// The file of that number in that file system (stat(2), `st_dev` and `st_ino`).
    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

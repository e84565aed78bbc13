// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// An overlay file system (Documentation/filesystems/overlayfs.rst of the kernel), mounted until the private mount
/// namespace ends.
package struct OverlayMount: Sendable {
    /// The maximum number of lower directories: their names must fit into one page of mount data.
    static let maximumLowerDirectories = 200

    /// The mount point.
    package let target: FilePath

    /// Mounts `lowerDirectories`, lowest first, with changes written to `upper`.
    ///
    /// `index`, `redirect_dir` and `metacopy` are off, so that the upper directory contains plain files: a whiteout is
    /// a character device 0/0, and an opaque directory has the attribute `trusted.overlay.opaque`
    /// (`user.overlay.opaque` when rootless).
    ///
    /// The mount is `volatile` (Linux 5.10): it ignores requests to sync, of which dpkg makes more than a thousand in a
    /// build. The contents of an overlay are not needed after a crash of the machine.
    ///
    /// The directories are named through open file descriptors: the kernel reads at most one page of options, and paths
    /// with `:` or `,` would need escapes.
    ///
    /// - Parameters:
    ///   - work: An empty directory on the file system of `upper`.
    ///   - rootless: Whether this process is root of a user namespace only.
    /// - Throws: `EngineError.layerCount`, `EngineError.overlayUnavailable`, `FileError`.
    package init(
        lowerDirectories: [FilePath], upper: FilePath, work: FilePath, target: FilePath, rootless: Bool
    ) throws {
        guard (1...Self.maximumLowerDirectories).contains(lowerDirectories.count) else {
            throw EngineError.layerCount(lowerDirectories.count)
        }
        let directories = [upper, work] + lowerDirectories.reversed()
        let descriptors = try OpenDirectories(directories)
        defer { descriptors.close() }
        let names = descriptors.names
        // With `userxattr` the kernel refuses "off" and requires "nofollow".
        let redirect = rootless ? ["redirect_dir=nofollow", "userxattr"] : ["redirect_dir=off"]
        let lower = names[2...].joined(separator: ":")
        let options = ["lowerdir=\(lower)", "upperdir=\(names[0])", "workdir=\(names[1])", "index=off", "metacopy=off"]
        let isMounted = [options + redirect + ["volatile"], options + redirect].contains {
            clinux_mount("overlay", target.string, "overlay", 0, $0.joined(separator: ",")) == 0
        }
        guard isMounted else { throw EngineError.overlayUnavailable(Errno(rawValue: errno)) }
        self.target = target
    }
}

/// Directories that are held open, so that the mount options can name them by descriptor.
private struct OpenDirectories {
    private let descriptors: [FileDescriptor]

    init(_ directories: [FilePath]) throws {
        var opened: [FileDescriptor] = []
        do {
            for directory in directories {
                opened.append(
                    try mapErrno("open", directory) {
                        try FileDescriptor.open(
                            directory, FileDescriptor.AccessMode(rawValue: clinux_o_path),
                            options: [.directory, .closeOnExec])
                    })
            }
        } catch {
            opened.forEach { try? $0.close() }
            throw error
        }
        descriptors = opened
    }

    /// Links to the open directories (proc(5)), whatever their names.
    var names: [String] { descriptors.map { "/proc/self/fd/\($0.rawValue)" } }

    func close() { descriptors.forEach { try? $0.close() } }
}

// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// An overlay file system (Documentation/filesystems/overlayfs.rst of the kernel), mounted until the private mount
/// namespace ends.
package struct OverlayMount: Sendable {
    /// The most lower directories that are accepted: what fits into the one page of mount data, with room to spare.
    static let maximumLowerDirectories = 200

    /// Where the merged tree is.
    package let target: FilePath

    /// Mounts `lowerDirectories`, lowest first, with what is written going to `upper`.
    ///
    /// `index`, `redirect_dir` and `metacopy` are off, so that the upper directory can be read as plain files: a
    /// whiteout is a character device 0/0, and a directory that hides a lower one has the attribute
    /// `trusted.overlay.opaque` (`user.overlay.opaque` when rootless).
    ///
    /// Nothing is written to the disk before its time (`volatile`, since Linux 5.10): dpkg asks for that more than a
    /// thousand times in a build, and nobody needs what an overlay held when the machine went down.
    ///
    /// Directories are named through open descriptors: the kernel reads at most one page of options, and paths with `:`
    /// or `,` would need escapes.
    ///
    /// - Parameters:
    ///   - work: An empty directory on the file system of `upper`.
    ///   - rootless: Whether this is root of a user namespace only.
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
        // With `userxattr` the kernel takes "off" for a contradiction: it wants to hear that redirects are not
        // followed.
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

/// Directories that are held open, so that the kernel can be told of them by number.
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

    /// proc(5): a link to the open directory itself, whatever its name.
    var names: [String] { descriptors.map { "/proc/self/fd/\($0.rawValue)" } }

    func close() { descriptors.forEach { try? $0.close() } }
}

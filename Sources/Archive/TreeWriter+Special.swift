// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

extension TreeWriter {
    /// Creates a character device; device 0/0 is an overlayfs whiteout (Linux, Documentation/filesystems/overlayfs.rst,
    /// "whiteouts and opaque directories").
    ///
    /// - Throws: `ArchiveError.inTheWay`; `FileError`.
    package func writeDevice(_ path: ArchivePath, major: UInt32, minor: UInt32) throws {
        guard let above = path.parent else { throw ArchiveError.inTheWay(path: .root, root: root.string) }
        let parent = try directory(above)
        guard mknodat(parent.rawValue, path.name, S_IFCHR | 0o600, makedev(major, minor)) == 0 else {
            throw failure("create", path)
        }
    }

    /// Marks a directory as opaque: the contents of lower layers are hidden in it.
    ///
    /// - Throws: `FileError`.
    package func hideWhatIsBelow(_ path: ArchivePath) throws {
        let name = setsOwners ? "trusted.overlay.opaque" : "user.overlay.opaque"
        guard clinux_set_attribute(try directory(path).rawValue, name, "y", 1) == 0 else {
            throw failure("set attribute \(name) of", path)
        }
    }

    /// The device number in the kernel's encoding (makedev(3)).
    private func makedev(_ major: UInt32, _ minor: UInt32) -> dev_t {
        dev_t(minor & 0xff) | dev_t(major & 0xfff) << 8 | dev_t(minor & ~0xff) << 12
    }
}

// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// Unpacks the layers of an image of any origin into directories for an overlay mount.
package enum LayerUnpacker {
    private static let mark = ".wh."
    private static let opaque = ".wh..wh..opq"

    /// Unpacks `layer`, compressed or not, into the empty directory `directory`. Whiteouts are converted to those of
    /// overlayfs (image-spec, layer.md, "Whiteouts"). Devices are replaced by an inert device, because only their
    /// presence matters. Like in engines, the end marker is optional: `umoci insert` omits it, and the layer's digest
    /// verifies that it is complete.
    ///
    /// - Parameter dropsSetID: Whether files lose their set-uid and set-gid bits, which mean nothing in a container, and which
    ///   every user of this machine could use who reaches the directory.
    /// - Throws: `ArchiveError` for entries that a layer must not have; `FileError`.
    package static func unpack(
        _ layer: FilePath, into directory: FilePath, setsOwners: Bool, dropsSetID: Bool = false,
        limits: ArchiveLimits = .init()
    ) throws {
        try Files.makeDirectories(directory)
        let writer = try TreeWriter(root: directory, setsOwners: setsOwners)
        let reader = ArchiveReader(file: layer, name: layer.string, limits: limits, endsAnywhere: true) { path in
            try writer.writeDevice(path, major: 1, minor: 3)
        }
        try reader.forEach { entry, contents in
            if entry.path.name == opaque, let parent = entry.path.parent {
                try writer.hideWhatIsBelow(parent)
            } else if entry.path.name.hasPrefix(mark), let parent = entry.path.parent {
                let name = String(entry.path.name.dropFirst(mark.count))
                try writer.writeDevice(try parent.appending(name), major: 0, minor: 0)
            } else {
                var entry = entry
                if dropsSetID, entry.kind != .directory { entry.mode &= 0o1777 }
                try writer.write(entry, contents: contents)
            }
        }
        try writer.finish()
    }
}

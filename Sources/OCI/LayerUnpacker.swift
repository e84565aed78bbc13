// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// Turns the layers of an image that somebody else made into directories that can be mounted over each other.
package enum LayerUnpacker {
    private static let mark = ".wh."
    private static let opaque = ".wh..wh..opq"

    /// Unpacks `layer`, compressed or not, into the empty directory `directory`. Names that the layer takes away become
    /// overlayfs's marks (image-spec, layer.md, "Whiteouts"). A device becomes one that does nothing: that it is there
    /// is all that can be judged of it. Layers without an end marker are taken, as engines take them: `umoci insert`
    /// writes such, and a layer's digest tells whether it is whole.
    ///
    /// - Throws: `ArchiveError` for what no layer should have; `FileError`.
    package static func unpack(
        _ layer: FilePath, into directory: FilePath, setsOwners: Bool, limits: ArchiveLimits = .init()
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
                try writer.write(entry, contents: contents)
            }
        }
        try writer.finish()
    }
}

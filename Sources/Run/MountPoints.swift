// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The mount table (proc(5), `/proc/PID/mountinfo`).
package struct MountPoints: Hashable, Sendable {
    private struct Mount: Hashable {
        /// The file system's device, as major and minor number.
        let device: Substring
        /// The mounted directory of the file system.
        let root: FilePath
        /// The mount point.
        let point: FilePath
    }

    private let mounts: [Mount]

    /// Parses the text of such a file; malformed lines are skipped.
    package init(_ text: String) {
        mounts = text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 5 else { return nil }
            let (root, point) = (FilePath(Self.plain(fields[3])), FilePath(Self.plain(fields[4])))
            // Namespace mounts (nsfs) have roots such as `net:[4026531840]`, which are not paths.
            // Trees assembled by a start are the project itself, under another name.
            guard !point.starts(with: StageDirectory.place) else { return nil }
            return root.isAbsolute && point.isAbsolute ? Mount(device: fields[2], root: root, point: point) : nil
        }
    }

    /// The mounts of this process.
    package static var current: MountPoints {
        let bytes = (try? Files.read("/proc/self/mountinfo", limit: 1 << 24)) ?? []
        return MountPoints(String(decoding: bytes, as: UTF8.self))
    }

    /// The mount points strictly below `directory`, a real path.
    package func below(_ directory: FilePath) -> [FilePath] {
        var seen: Set<FilePath> = []
        return mounts.map(\.point).filter { $0 != directory && $0.starts(with: directory) && seen.insert($0).inserted }
    }

    /// The other paths of the real path `path`: where its file system is mounted too, from its root or from a parent
    /// directory. Another mount may hide such a path.
    package func origins(of path: FilePath) -> [FilePath] {
        guard let (own, place) = source(of: path) else { return [] }
        var seen: Set<FilePath> = [path]
        return mounts.filter { $0.device == own.device && place.starts(with: $0.root) }.compactMap { mount in
            let name = mount.point.appending(place.components.dropFirst(mount.root.components.count))
            return seen.insert(name).inserted ? name : nil
        }
    }

    /// The mount points that show a directory or a file strictly below the real path `directory`, each with its path
    /// relative to that.
    package func parts(of directory: FilePath) -> [(point: FilePath, below: FilePath)] {
        guard let (own, place) = source(of: directory) else { return [] }
        return mounts.filter { $0.device == own.device }.compactMap { mount in
            var below = mount.root
            return below.removePrefix(place) && !below.isEmpty ? (mount.point, below) : nil
        }
    }

    /// The visible mount with the real path `path`, and its path in the file system.
    private func source(of path: FilePath) -> (mount: Mount, place: FilePath)? {
        // Of two mounts at one place the later is visible.
        let around = mounts.filter { path.starts(with: $0.point) }
        guard let deepest = around.map(\.point.components.count).max(),
            let own = around.last(where: { $0.point.components.count == deepest })
        else { return nil }
        return (own, own.root.appending(path.components.dropFirst(deepest)))
    }

    /// The mount points that show a directory within one of `trees`, which is mounted elsewhere, under another path.
    package func copies(of trees: WrittenTrees) -> [FilePath] {
        let bound = mounts.filter { $0.root != "/" && !trees.mayHold($0.point) }
        return bound.map(\.point).filter { point in
            origins(of: point).contains { $0 != point && trees.mayHold($0.appending("-")) }
        }
    }

    /// Decodes octal escapes: space, tab, newline and backslash are written as `\040` and so on.
    private static func plain(_ field: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            let isEscape =
                byte == UInt8(ascii: "\\") && digits.count == 3 && digits.allSatisfy { (48...55).contains($0) }
            let value = isEscape ? digits.reduce(0) { $0 * 8 + Int($1 - 48) } : Int(byte)
            if isEscape { rest = rest.dropFirst(3) }
            bytes.append(UInt8(truncatingIfNeeded: value))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// What is mounted where (proc(5), `/proc/PID/mountinfo`).
package struct MountPoints: Hashable, Sendable {
    private struct Mount: Hashable {
        /// The file system's device, as major and minor number.
        let device: Substring
        /// What of the file system is shown.
        let root: FilePath
        /// Where.
        let point: FilePath
    }

    private let mounts: [Mount]

    /// Reads the text of such a file; a line that is none is left out.
    package init(_ text: String) {
        mounts = text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 5 else { return nil }
            let (root, point) = (FilePath(Self.plain(fields[3])), FilePath(Self.plain(fields[4])))
            // Mounts of namespaces (nsfs) show `net:[4026531840]`, which is no path.
            // What a start has assembled is the project itself, under another name.
            guard !point.starts(with: StageDirectory.place) else { return nil }
            return root.isAbsolute && point.isAbsolute ? Mount(device: fields[2], root: root, point: point) : nil
        }
    }

    /// The mounts that this process sees.
    package static var current: MountPoints {
        let bytes = (try? Files.read("/proc/self/mountinfo", limit: 1 << 24)) ?? []
        return MountPoints(String(decoding: bytes, as: UTF8.self))
    }

    /// The mount points strictly below `directory`, a real path.
    package func below(_ directory: FilePath) -> [FilePath] {
        var seen: Set<FilePath> = []
        return mounts.map(\.point).filter { $0 != directory && $0.starts(with: directory) && seen.insert($0).inserted }
    }

    /// The other names of the real path `path`: where else its file system is mounted, from its root or from a
    /// directory above it. Another mount may hide what has such a name.
    package func origins(of path: FilePath) -> [FilePath] {
        // The later one of two mounts at a place is seen.
        let around = mounts.filter { path.starts(with: $0.point) }
        guard let deepest = around.map(\.point.components.count).max(),
            let own = around.last(where: { $0.point.components.count == deepest })
        else { return [] }
        let place = own.root.appending(path.components.dropFirst(deepest))
        var seen: Set<FilePath> = [path]
        return mounts.filter { $0.device == own.device && place.starts(with: $0.root) }.compactMap { mount in
            let name = mount.point.appending(place.components.dropFirst(mount.root.components.count))
            return seen.insert(name).inserted ? name : nil
        }
    }

    /// Space, tab, newline and backslash are written as `\040`, by three octal digits.
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

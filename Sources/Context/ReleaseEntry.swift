// SPDX-License-Identifier: Apache-2.0

import Archive

/// An entry of a program's release below its first path components.
struct ReleaseEntry {
    let entry: ArchiveEntry
    /// The path without these components.
    let path: String
    private let strip: Int

    /// Returns nil for an entry that has no more components than are stripped.
    init?(_ entry: ArchiveEntry, strip: Int) {
        guard let path = Self.stripped(entry.path, strip) else { return nil }
        self.entry = entry
        self.path = path
        self.strip = strip
    }

    /// The target of a hard link without the first components; nil when nothing is left.
    func stripped(_ target: ArchivePath) -> String? { Self.stripped(target, strip) }

    private static func stripped(_ path: ArchivePath, _ strip: Int) -> String? {
        let rest = path.string.split(separator: "/").dropFirst(strip)
        return rest.isEmpty ? nil : rest.joined(separator: "/")
    }

    /// The reason why the entry is refused in `directory`, as a predicate; nil when it is accepted.
    func problem(below directory: String) -> String? {
        if entry.mode & 0o7000 != 0 { return "has a set-uid, set-gid or sticky bit" }
        if entry.attributes.keys.contains(where: { $0.hasPrefix("security.") }) { return "has file capabilities" }
        // OCI image-spec, layer.md "Whiteouts".
        if path.split(separator: "/").contains(where: { $0.hasPrefix(".wh.") }) {
            return "has a name that begins with '.wh.', which removes a file in an image's layers"
        }
        if case .symlink(let target) = entry.kind, leads(target, outOf: directory) {
            return "is a link that leads out of '\(directory)'"
        }
        return nil
    }

    private func leads(_ target: String, outOf directory: String) -> Bool {
        var words = path.split(separator: "/").dropLast().map(String.init)
        var rest = target
        if target.hasPrefix("/") {
            guard target == directory || target.hasPrefix(directory + "/") else { return true }
            words = []
            rest = String(target.dropFirst(directory.count))
        }
        for word in rest.split(separator: "/") where word != "." {
            if word != ".." { words.append(String(word)) } else if words.popLast() == nil { return true }
        }
        return false
    }
}

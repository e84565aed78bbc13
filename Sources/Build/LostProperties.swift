// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage

/// What scripts gave to files and the state layers cannot keep.
struct LostProperties {
    /// The files with extended attributes, by the kind of attribute.
    private var attributes: [String: Set<ArchivePath>] = [:]
    /// Hard links to a file of the other state layer.
    private var links: Set<ArchivePath> = []

    /// The maximum number of paths in a line.
    private static let shown = 10

    /// Records the extended attributes of the file at `path`, apart from those of the overlay and of the host.
    ///
    /// - Throws: `FileError`.
    mutating func noteAttributes(of file: FilePath, at path: ArchivePath) throws {
        for name in try Files.attributes(of: file) {
            guard let kind = Self.kind(name) else { continue }
            attributes[kind, default: []].insert(path)
        }
    }

    /// Records that `path` is a hard link to a file of the other state layer.
    mutating func noteLink(at path: ArchivePath) { links.insert(path) }

    private static func kind(_ name: String) -> String? {
        switch name {
        case "security.capability": "file capabilities"
        case "system.posix_acl_access", "system.posix_acl_default": "access control lists"
        default: name.hasPrefix("user.") && !name.hasPrefix("user.overlay.") ? "extended attributes" : nil
        }
    }

    /// One line for each kind of property, about the files for which `isKept` returns true.
    func lines(where isKept: (ArchivePath) -> Bool) -> [String] {
        let lost = attributes.sorted { $0.key < $1.key }.compactMap { kind, paths in
            Self.list(paths.filter(isKept)).map { "Not kept in the image: the \(kind) that scripts gave to \($0)." }
        }
        let separate = Self.list(links.filter(isKept)).map {
            "Separate files in the image, although scripts made hard links between /usr and the rest: \($0)."
        }
        return lost + [separate].compactMap(\.self)
    }

    private static func list(_ paths: Set<ArchivePath>) -> String? {
        guard !paths.isEmpty else { return nil }
        let names = paths.sorted().prefix(shown).map { "'/\($0)'" }
        let others = paths.count - names.count
        return names.joined(separator: ", ") + (others > 0 ? " and \(others) more" : "")
    }
}

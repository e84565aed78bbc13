// SPDX-License-Identifier: Apache-2.0

import Archive

/// The changelog of a binary package (Debian Policy 12.7).
package enum PackagedChangelog: Sendable, Hashable {
    /// The package contains the source's changelog and, for a binary rebuild, one for the rebuild.
    case found(DebianChangelog, rebuilds: DebianChangelog?)
    /// The documentation directory is a link to that of another package from the same source (Debian Policy 12.3).
    case elsewhere(PackageName)
    /// The package contains no changelog.
    case none
}

extension DebPackage {
    /// The changelog in this package, whose name is `name`.
    ///
    /// - Throws: `ArchiveError`, `FileError`.
    package func changelog(of name: PackageName) throws -> PackagedChangelog {
        let files = try DocumentationFiles(of: name, in: self)
        if let other = files.directory { return .elsewhere(other) }
        // Native packages have no upstream changelog, which would have the second name otherwise.
        for title in ["changelog.Debian", "changelog"] {
            if let other = files.links[title] ?? files.links["\(title).gz"] { return .elsewhere(other) }
            guard let changelog = try files.changelog(title) else { continue }
            return .found(changelog, rebuilds: try files.rebuilds())
        }
        return .none
    }

    /// The sources that are linked into this package, by name (`Built-Using`, Debian Policy 7.8; `Static-Built-Using`,
    /// and the field's name for Rust packages in bookworm).
    ///
    /// - Throws: `DebianError` when the fields are invalid.
    package func builtUsing() throws(DebianError) -> [PackageName: DebianVersion] {
        let fields = try ControlParagraph.parse(control, file: file.string).first
        var sources: [PackageName: DebianVersion] = [:]
        for field in ["Built-Using", "Static-Built-Using", "X-Cargo-Built-Using"] {
            for item in (fields?[field] ?? "").split(separator: ",") {
                let words = item.split { $0.isWhitespace || "()=".contains($0) }
                guard words.count == 2 else {
                    throw .malformedField(
                        field, value: String(item.prefix(120)), file: file.string, line: fields?.line ?? 1)
                }
                let (name, version) = (try PackageName(words[0]), try DebianVersion(words[1]))
                sources[name] = sources[name].map { max($0, version) } ?? version
            }
        }
        return sources
    }
}

/// The files in a package's directory below `usr/share/doc` that may be changelogs.
private struct DocumentationFiles {
    /// The maximum compressed size: that of a changelog of 32 MB is smaller.
    private static let limit: UInt64 = 8 << 20
    /// The package whose directory this one is a link to.
    private(set) var directory: PackageName?
    /// The packages whose directories the linked files are in.
    private(set) var links: [String: PackageName] = [:]
    private var contents: [String: [UInt8]] = [:]
    private let place: String

    init(of name: PackageName, in package: DebPackage) throws {
        place = "\(package.file.string)(usr/share/doc/\(name))"
        let directoryPath = "usr/share/doc/\(name)"
        try package.forEachEntry { entry, read in
            let path = entry.path.string
            let isDirectory = path == directoryPath
            guard isDirectory || path.hasPrefix("\(directoryPath)/changelog") else { return }
            let file = String(path.dropFirst(directoryPath.count + 1))
            guard !file.contains("/") else { return }
            switch entry.kind {
            case .symlink(let target): take(target, isDirectory: isDirectory, file)
            case .file(let size) where size <= Self.limit:
                var bytes: [UInt8] = []
                try read { bytes += $0 }
                contents[file] = bytes
            default: break
            }
        }
    }

    /// Links between documentation directories are relative (Debian Policy 10.5): "cpp", or "../cpp/changelog.gz".
    private mutating func take(_ target: String, isDirectory: Bool, _ file: String) {
        let parts = target.split(separator: "/").filter { $0 != ".." && $0 != "." }
        let name = isDirectory ? parts.last : parts.dropLast().last
        guard let name, let other = try? PackageName(name) else { return }
        if isDirectory { directory = other } else { links[file] = other }
    }

    /// The file with that name, compressed or not; nil when it is missing or not in Debian's changelog format.
    func changelog(_ title: String) throws -> DebianChangelog? {
        guard let bytes = contents["\(title).gz"] ?? contents[title] else { return nil }
        let text = try Decompression.bytes(of: bytes, name: "\(place)/\(title)", limit: DebianChangelog.limit)
        return try? DebianChangelog(parsing: text, file: "\(place)/\(title)")
    }

    /// `changelog.Debian.amd64.gz`: the entries of binary rebuilds.
    func rebuilds() throws -> DebianChangelog? {
        let prefix = "changelog.Debian."
        let titles = contents.keys.filter { $0.hasPrefix(prefix) && $0 != "\(prefix)gz" }.sorted()
        return try titles.first.flatMap { try changelog($0.hasSuffix(".gz") ? String($0.dropLast(3)) : $0) }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Combines a header and its extended headers into an entry.
struct TarEntryAssembly {
    let header: TarHeader
    let extensions: TarExtensions
    /// The archive's name in errors.
    let archive: String

    /// The entry's name for errors, decoded from any bytes.
    var shownName: String { String(decoding: name, as: UTF8.self) }

    private var name: [UInt8] { extensions.value("path") ?? extensions.longName ?? header.name }
    private var link: [UInt8] { extensions.value("linkpath") ?? extensions.longLink ?? header.link }

    /// - Throws: `ArchiveError.refused`, `TarHeader.Flaw`.
    func entry() throws -> ArchiveEntry {
        if name.isEmpty { throw refused(.noName) }
        if extensions.isSparse || header.flag == UInt8(ascii: "S") { throw refused(.sparse) }
        return ArchiveEntry(
            path: try path(name), kind: try kind(), mode: UInt16(truncatingIfNeeded: header.mode & 0o7777),
            uid: try owner("uid", header.uid), gid: try owner("gid", header.gid),
            mtime: try extensions.number("mtime") ?? header.mtime, attributes: try attributes())
    }

    private func kind() throws -> ArchiveEntry.Kind {
        let stated = try extensions.number("size") ?? header.size
        guard let size = UInt64(exactly: stated) else { throw refused(.number("size")) }
        switch header.flag {
        // Old tars have no type for directories: a trailing slash of the name marks one.
        case UInt8(ascii: "0") where name.last == UInt8(ascii: "/"): return try empty(.directory, size)
        case UInt8(ascii: "0"), UInt8(ascii: "7"): return .file(size: size)
        case UInt8(ascii: "1"): return try empty(.hardlink(target: try path(link)), size)
        case UInt8(ascii: "2"): return try empty(.symlink(target: try symlinkTarget()), size)
        case UInt8(ascii: "5"): return try empty(.directory, size)
        default: throw refused(.type(header.flag))
        }
    }

    /// Readers disagree about whether contents follow a link or directory with a size, so the size must be 0.
    private func empty(_ kind: ArchiveEntry.Kind, _ size: UInt64) throws -> ArchiveEntry.Kind {
        guard size == 0 else { throw refused(.linkWithContents) }
        return kind
    }

    private func path(_ bytes: [UInt8]) throws -> ArchivePath {
        do { return try ArchivePath(bytes: bytes) } catch .path(_, let flaw) { throw refused(.path(flaw)) }
    }

    private func symlinkTarget() throws -> String {
        guard !link.isEmpty, link.count < ArchivePath.maximumLength, !link.contains(0),
            let target = String(validating: link, as: UTF8.self)
        else { throw refused(.symlinkTarget) }
        return target
    }

    private func owner(_ field: String, _ stated: Int64) throws -> UInt32 {
        // The highest value means "unchanged" to chown(2).
        guard let id = UInt32(exactly: try extensions.number(field) ?? stated), id != .max else {
            throw refused(.number(field))
        }
        return id
    }

    private func attributes() throws -> [String: [UInt8]] {
        var result: [String: [UInt8]] = [:]
        for (keyword, value) in extensions.records where keyword.utf8.starts(with: TarExtensions.attributePrefix) {
            let name = keyword.utf8.dropFirst(TarExtensions.attributePrefix.count)
            guard !name.isEmpty, name.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw refused(.attributeName) }
            result[String(decoding: name, as: UTF8.self)] = value
        }
        return result
    }

    private func refused(_ reason: ArchiveError.Refusal) -> ArchiveError {
        .refused(archive: archive, entry: shownName, reason: reason)
    }
}

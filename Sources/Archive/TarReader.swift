// SPDX-License-Identifier: Apache-2.0

/// One pass over a tar.
final class TarReader {
    /// The maximum size of one extended header in bytes, and the maximum number of extended headers before one entry.
    /// GNU tar and libarchive have similar limits.
    private static let extensionBytes: Int64 = 1 << 20
    private static let extensionCount = 16

    private let input: TarInput
    private let limits: ArchiveLimits
    private let special: ((ArchivePath) throws -> Void)?
    private let endsAnywhere: Bool
    private var globals = TarExtensions()
    private var count = 0
    /// Unread bytes of the current entry's contents, and the padding of its last block.
    private var remaining: UInt64 = 0
    private var padding: UInt64 = 0
    private var taken = false
    /// Whether the last step read a special file, which is not an entry.
    private var hasPassed = false
    /// Paths that a hard link may point to.
    private var files: Set<ArchivePath> = []

    init(
        _ stream: InflatedStream, limits: ArchiveLimits, endsAnywhere: Bool,
        special: ((ArchivePath) throws -> Void)? = nil
    ) {
        self.special = special
        self.endsAnywhere = endsAnywhere
        self.limits = limits
        input = TarInput(stream, limit: limits.totalBytes)
    }

    /// The next entry; nil at the end of the archive, which was then read to its last byte.
    func next() throws -> ArchiveEntry? {
        while true {
            hasPassed = false
            if let entry = try step() { return entry }
            if !hasPassed { return nil }
        }
    }

    /// Reports a device or a pipe to `special`; returns false when the header is another type or `special` is nil.
    private func pass(_ header: TarHeader, _ extensions: TarExtensions) throws -> Bool {
        guard let special, "346".utf8.contains(header.flag) else { return false }
        // Checked as a file without contents: the rules for the name and the numbers are the same.
        let plain = TarEntryAssembly(
            header: header.asEmptyFile, extensions: extensions.over(globals), archive: input.stream.name)
        count += 1
        guard count <= limits.entries else { throw over(.entries(limits.entries)) }
        try special(try parsed { try plain.entry() }.path)
        hasPassed = true
        return true
    }

    private func step() throws -> ArchiveEntry? {
        try input.skip(remaining)
        guard try input.skipFilling(padding) else { return try openEnd("it ends in the middle of an entry") }
        (remaining, padding, taken) = (0, 0, false)
        var extensions = TarExtensions()
        for _ in 0...TarReader.extensionCount {
            guard let block = try input.block() else {
                guard extensions.isEmpty else { return try end(extensions) }
                return try openEnd("it ends without an end marker")
            }
            if block.allSatisfy({ $0 == 0 }) { return try end(extensions) }
            let header = try parsed { () throws(TarHeader.Flaw) in try TarHeader(block) }
            guard try extend(&extensions, by: header) else {
                guard try pass(header, extensions) else { return try entry(header, extensions.over(globals)) }
                return nil
            }
        }
        throw damaged("it has more than \(TarReader.extensionCount) extended headers in a row")
    }

    /// Streams the contents of the entry that was read last.
    func contents(of entry: ArchiveEntry, to sink: ByteSink) throws {
        guard !taken else { throw ArchiveError.readTwice(path: entry.path) }
        taken = true
        while remaining > 0 {
            let piece = try input.piece(remaining)
            remaining -= UInt64(piece.count)
            try sink(piece)
        }
    }

    /// Ends after complete contents when the zeros that should follow are missing.
    private func openEnd(_ flaw: String) throws -> ArchiveEntry? {
        guard endsAnywhere else { throw damaged(flaw) }
        return nil
    }

    private func end(_ extensions: TarExtensions) throws -> ArchiveEntry? {
        guard extensions.isEmpty else { throw damaged("the entry of its last extended header is missing") }
        try input.drain()
        return nil
    }

    /// Adds an extended header for the next entry; returns false when the header is an entry's own.
    private func extend(_ extensions: inout TarExtensions, by header: TarHeader) throws -> Bool {
        switch header.flag {
        case UInt8(ascii: "x"):
            guard extensions.add(try body(of: header)) else { throw damaged("a PAX header is malformed") }
        case UInt8(ascii: "g"):
            guard globals.add(try body(of: header)) else { throw damaged("a global PAX header is malformed") }
        case UInt8(ascii: "L"): extensions.longName = try body(of: header).prefix { $0 != 0 } + []
        case UInt8(ascii: "K"): extensions.longLink = try body(of: header).prefix { $0 != 0 } + []
        default: return false
        }
        return true
    }

    private func body(of header: TarHeader) throws -> [UInt8] {
        guard (0...TarReader.extensionBytes).contains(header.size) else {
            throw damaged("an extended header is too big")
        }
        let bytes = try input.bytes(Int(header.size))
        try input.skip(TarReader.fill(UInt64(header.size)))
        return bytes
    }

    private func entry(_ header: TarHeader, _ extensions: TarExtensions) throws -> ArchiveEntry {
        count += 1
        let assembly = TarEntryAssembly(header: header, extensions: extensions, archive: input.stream.name)
        input.stream.place = assembly.shownName
        guard count <= limits.entries else { throw over(.entries(limits.entries)) }
        let entry = try parsed { try assembly.entry() }
        try check(entry, assembly.shownName)
        guard entry.size <= limits.entryBytes else { throw over(.entryBytes(limits.entryBytes)) }
        guard entry.size <= input.allowance else { throw over(.totalBytes(limits.totalBytes)) }
        remaining = entry.size
        padding = TarReader.fill(entry.size)
        return entry
    }

    /// A hard link must point to a file of this archive: any other target could be an unrelated file below the
    /// root.
    private func check(_ entry: ArchiveEntry, _ name: String) throws {
        switch entry.kind {
        case .file: files.insert(entry.path)
        case .hardlink(let target):
            guard files.contains(target), target != entry.path else {
                throw ArchiveError.refused(archive: input.stream.name, entry: name, reason: .linkTarget(target.string))
            }
            files.insert(entry.path)
        case .directory, .symlink: files.remove(entry.path)
        }
    }

    private func parsed<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let flaw as TarHeader.Flaw { throw damaged(flaw.detail) }
    }

    private func damaged(_ detail: String) -> ArchiveError { input.stream.damaged(detail) }

    private func over(_ bound: ArchiveError.Bound) -> ArchiveError {
        .overLimit(archive: input.stream.name, entry: input.stream.place, bound: bound)
    }

    private static func fill(_ size: UInt64) -> UInt64 { (512 - size % 512) % 512 }
}

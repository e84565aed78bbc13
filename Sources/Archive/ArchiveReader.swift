// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Reads a tar, compressed or not, that nobody vouches for.
///
/// Dialects: v7, ustar, PAX (POSIX.1-2017) and GNU long names. libarchive undoes the compression only: its own tar
/// reader (3.6) turns the names in PAX headers into Unicode's composed form, and then they are other names.
package struct ArchiveReader {
    private let source: ByteSource
    private let name: String
    private let limits: ArchiveLimits
    private let special: ((ArchivePath) throws -> Void)?
    private let endsAnywhere: Bool

    /// Reads `length` bytes of `file` from `offset` on (to its end without `length`); `name` stands for them in errors.
    /// With `special`, devices and pipes are not refused but told to it, and passed over. With `endsAnywhere`, the
    /// zeros behind the last entry's contents may be missing: for bytes whose length somebody else vouches for.
    package init(
        file: FilePath, offset: UInt64 = 0, length: UInt64? = nil, name: String, limits: ArchiveLimits = .init(),
        endsAnywhere: Bool = false, special: ((ArchivePath) throws -> Void)? = nil
    ) {
        self.special = special
        self.endsAnywhere = endsAnywhere
        source = .file(file, offset: offset, length: length)
        self.name = name
        self.limits = limits
    }

    /// Reads memory; `name` stands for it in errors.
    package init(bytes: [UInt8], name: String, limits: ArchiveLimits = .init()) {
        special = nil
        endsAnywhere = false
        source = .bytes(bytes)
        self.name = name
        self.limits = limits
    }

    /// Gives `body` each entry in order, and a function that streams the entry's contents into a sink: to be called
    /// once at most, during `body`. A path may come more than once, as in the archive.
    ///
    /// Refused are devices, pipes, sockets, sparse files, paths that are no `ArchivePath`, hard links to what is not a
    /// file before them, more than the limits allow, and bytes other than zeros behind the end.
    ///
    /// - Throws: `ArchiveError`, `FileError`, and what `body` throws.
    package func forEach(_ body: (ArchiveEntry, (ByteSink) throws -> Void) throws -> Void) throws {
        let tar = TarReader(
            try InflatedStream(source, name: name), limits: limits, endsAnywhere: endsAnywhere, special: special)
        while let entry = try tar.next() {
            try body(entry) { sink in try tar.contents(of: entry, to: sink) }
        }
    }
}

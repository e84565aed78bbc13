// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Reads an untrusted tar archive, compressed or not.
///
/// Dialects: v7, ustar, PAX (POSIX.1-2017) and GNU long names. libarchive is used for decompression only: its tar
/// reader (3.6) normalizes the names in PAX headers to Unicode's composed form, which changes them.
package struct ArchiveReader {
    private let source: ByteSource
    private let name: String
    private let limits: ArchiveLimits
    private let special: ((ArchivePath) throws -> Void)?
    private let endsAnywhere: Bool

    /// Reads `length` bytes of `file` from `offset` on (to the end of the file when `length` is nil); `name` identifies
    /// them in errors. When `special` is given, devices and pipes are reported to it and skipped instead of refused.
    /// With `endsAnywhere`, the zeros after the last entry's contents may be missing: for input whose length is
    /// verified elsewhere.
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

    /// Reads from memory; `name` identifies the bytes in errors.
    package init(bytes: [UInt8], name: String, limits: ArchiveLimits = .init()) {
        special = nil
        endsAnywhere = false
        source = .bytes(bytes)
        self.name = name
        self.limits = limits
    }

    /// Calls `body` with each entry in order and a function that streams the entry's contents into a sink. The function
    /// may be called at most once, and only during `body`. A path can occur more than once, as in the archive.
    ///
    /// Refuses devices, pipes, sockets, sparse files, invalid paths, hard links to anything but an earlier file,
    /// archives beyond the limits, and bytes other than zeros after the end.
    ///
    /// - Throws: `ArchiveError`, `FileError`, and errors of `body`.
    package func forEach(_ body: (ArchiveEntry, (ByteSink) throws -> Void) throws -> Void) throws {
        let tar = TarReader(
            try InflatedStream(source, name: name), limits: limits, endsAnywhere: endsAnywhere, special: special)
        while let entry = try tar.next() {
            try body(entry) { sink in try tar.contents(of: entry, to: sink) }
        }
    }
}

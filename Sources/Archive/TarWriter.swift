// SPDX-License-Identifier: Apache-2.0

import CArchive

/// Writes a tar whose bytes depend on the entries alone: ustar, with a PAX header only for values that ustar cannot
/// represent, without access and change times, with numeric owners and empty owner names, and with nothing after the
/// two zero blocks at the end.
package final class TarWriter {
    let handle: OpaquePointer
    let item: OpaquePointer
    private let output: TarOutput
    private enum State { case open, finished, failed }
    private var state = State.open

    /// Creates a writer that writes to `sink` in pieces of any size.
    ///
    /// - Throws: `ArchiveError.locale`, `.unwritable`.
    package init(to sink: @escaping ByteSink) throws {
        try ArchiveLocale.require()
        output = TarOutput(sink)
        guard let handle = archive_write_new() else { throw TarWriter.noMemory }
        guard let item = archive_entry_new() else {
            archive_write_free(handle)
            throw TarWriter.noMemory
        }
        self.handle = handle
        self.item = item
        try require(archive_write_set_format_pax_restricted(handle), .root)
        // Container engines read star's keyword; without this option libarchive also writes one of its own.
        try require(archive_write_set_options(handle, "xattrheader=SCHILY"), .root)
        // Unbuffered, and without padding to a 10 kB record at the end.
        try require(archive_write_set_bytes_per_block(handle, 0), .root)
        try require(archive_write_set_bytes_in_last_block(handle, 1), .root)
        try require(open(), .root)
    }

    deinit {
        // Freeing writes the end marker, which would make an incomplete tar look complete. (archive_write_fail would
        // prevent this, but libarchive 3.6 then leaks its output filter.)
        if state != .finished { output.discard() }
        archive_write_free(handle)
        archive_entry_free(item)
    }

    /// Adds `entry`; `contents` receives a sink and must write exactly `entry.size` bytes.
    ///
    /// - Throws: `ArchiveError.contents`, `.unwritable`, `.writerIsDone`; errors of `contents` and of the sink. After
    ///   an error the tar cannot be finished.
    package func append(_ entry: ArchiveEntry, contents: (ByteSink) throws -> Void) throws {
        try step {
            try begin(entry)
            var delivered: UInt64 = 0
            try contents { piece in
                delivered += UInt64(piece.count)
                guard delivered <= entry.size else { throw mismatch(entry, delivered) }
                try write(piece, entry.path)
            }
            guard delivered == entry.size else { throw mismatch(entry, delivered) }
            try require(archive_write_finish_entry(handle), entry.path)
        }
    }

    /// Adds `entry` with `bytes` as contents.
    ///
    /// - Throws: As above.
    package func append(_ entry: ArchiveEntry, bytes: [UInt8]) throws {
        try append(entry) { sink in try bytes.withUnsafeBytes { try sink($0) } }
    }

    /// Adds an entry that has no contents.
    ///
    /// - Throws: As above.
    package func append(_ entry: ArchiveEntry) throws { try append(entry) { _ in } }

    /// Finishes the tar. No entry can be added afterwards.
    ///
    /// - Throws: `ArchiveError.unwritable`, `.writerIsDone`; errors of the sink.
    package func finish() throws {
        try step {
            try require(archive_write_close(handle), .root)
            try output.flush()
        }
        state = .finished
    }

    private func step(_ body: () throws -> Void) throws {
        guard state == .open else { throw ArchiveError.writerIsDone }
        state = .failed
        try body()
        state = .open
    }

    private func write(_ piece: UnsafeRawBufferPointer, _ path: ArchivePath) throws {
        var rest = piece
        while !rest.isEmpty {
            let count = archive_write_data(handle, rest.baseAddress, rest.count)
            guard count > 0 else { throw failure(path) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    private func open() -> Int32 {
        // Unretained: the writer keeps the output for as long as the handle lives.
        archive_write_open2(
            handle, Unmanaged.passUnretained(output).toOpaque(), nil,
            { _, client, start, count in
                guard let client, let start else { return -1 }
                let output = Unmanaged<TarOutput>.fromOpaque(client).takeUnretainedValue()
                return output.accept(UnsafeRawBufferPointer(start: start, count: count)) ? count : -1
            }, nil, nil)
    }

    /// Warnings are errors here: they mean that something was written differently from what was requested.
    func require(_ answer: Int32, _ path: ArchivePath) throws {
        guard answer == ARCHIVE_OK else { throw failure(path) }
    }

    private func failure(_ path: ArchivePath) -> any Error {
        if let failure = output.failure { return failure }
        let detail = archive_error_string(handle).map { String(cString: $0) } ?? "libarchive gave no reason"
        return ArchiveError.unwritable(path: path, detail: detail)
    }

    private func mismatch(_ entry: ArchiveEntry, _ delivered: UInt64) -> ArchiveError {
        .contents(path: entry.path, expected: entry.size, delivered: delivered)
    }

    private static var noMemory: ArchiveError { .unwritable(path: .root, detail: "out of memory") }
}

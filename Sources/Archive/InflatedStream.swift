// SPDX-License-Identifier: Apache-2.0

import CArchive
import Core

/// The decompressed bytes of a source, in the pieces that libarchive's filter produces.
///
/// Nothing is copied: a piece is the filter's own output buffer. The compression (gzip, xz, lzma, zstd, bzip2) is
/// detected by the first bytes; other bytes are passed through.
final class InflatedStream {
    /// The name of the source in errors.
    let name: String
    /// The current entry, for errors; the reader updates it.
    var place: String?
    private let handle: OpaquePointer
    private let file: FileInput?
    private let memory: UnsafeMutableRawBufferPointer?
    private var ended = false

    init(_ source: ByteSource, name: String) throws {
        guard let handle = archive_read_new() else { throw Errors.memory(name) }
        self.handle = handle
        self.name = name
        switch source {
        case .file(let path, let offset, let length):
            memory = nil
            do { file = try FileInput(path, offset: offset, length: length) } catch {
                archive_read_free(handle)
                throw error
            }
        case .bytes(let bytes):
            file = nil
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
            copy.copyBytes(from: bytes)
            memory = copy
        }
        try configure()
        try open()
    }

    deinit {
        archive_read_free(handle)
        memory?.deallocate()
    }

    /// The next piece, valid until the next call; `nil` at the end.
    ///
    /// - Throws: `ArchiveError.damaged`, `FileError`.
    func next() throws -> UnsafeRawBufferPointer? {
        if ended { return nil }
        var start: UnsafeRawPointer?
        var count = 0
        var offset: Int64 = 0
        switch archive_read_data_block(handle, &start, &count, &offset) {
        case ARCHIVE_OK: return UnsafeRawBufferPointer(start: start, count: count)
        case ARCHIVE_EOF:
            ended = true
            return nil
        default: throw failure()
        }
    }

    /// The error for this source at the current entry.
    func damaged(_ detail: String) -> ArchiveError { .damaged(archive: name, entry: place, detail: detail) }

    private func configure() throws {
        // A filter that is not built into libarchive answers ARCHIVE_WARN and would run an external program.
        let answers = [
            archive_read_support_format_raw(handle), archive_read_support_format_empty(handle),
            archive_read_support_filter_gzip(handle),
            archive_read_support_filter_xz(handle), archive_read_support_filter_lzma(handle),
            archive_read_support_filter_zstd(handle), archive_read_support_filter_bzip2(handle),
        ]
        guard answers.allSatisfy({ $0 == ARCHIVE_OK }) else {
            throw damaged("this machine's libarchive was built without one of gzip, xz, lzma, zstd and bzip2")
        }
    }

    private func open() throws {
        guard (file == nil ? openMemory() : openFile()) == ARCHIVE_OK else { throw failure() }
        var entry: OpaquePointer?
        switch archive_read_next_header(handle, &entry) {
        case ARCHIVE_OK: break
        case ARCHIVE_EOF: ended = true
        default: throw failure()
        }
        // The last filter is the source itself; two filters above it mean nested compression.
        guard archive_filter_count(handle) <= 2 else { throw damaged("it is compressed more than once") }
    }

    private func openMemory() -> Int32 {
        guard let memory else { return ARCHIVE_FATAL }
        return archive_read_open_memory(handle, memory.baseAddress, memory.count)
    }

    private func openFile() -> Int32 {
        guard let file else { return ARCHIVE_FATAL }
        // Unretained: the stream keeps the input for as long as the handle lives.
        return archive_read_open(
            handle, Unmanaged.passUnretained(file).toOpaque(), nil,
            { _, client, block in
                guard let client, let block,
                    let piece = Unmanaged<FileInput>.fromOpaque(client).takeUnretainedValue().read()
                else { return -1 }
                block.pointee = piece.baseAddress
                return piece.count
            }, nil)
    }

    private func failure() -> any Error {
        if let failure = file?.failure { return failure }
        return damaged(archive_error_string(handle).map { String(cString: $0) } ?? "libarchive gave no reason")
    }

    private enum Errors {
        static func memory(_ name: String) -> ArchiveError {
            .damaged(archive: name, entry: nil, detail: "out of memory")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Archive
import Core
import SystemPackage
import TestSupport
import Testing

@Suite struct DecompressionTests {
    static let filters = ["cat", "gzip", "xz", "xz --format=lzma", "zstd -q", "bzip2"]
    static let text = (0..<40_000).map { "Package: p\($0)\n" }.joined()

    @Test(arguments: filters) func undoesWhatOthersDid(filter: String) throws {
        try withTemporaryDirectory { directory in
            try Files.write(Array(Self.text.utf8), to: directory.appending("plain"))
            try ShellLine.run("\(filter) < plain > packed", in: directory)
            let packed = directory.appending("packed")
            let size = Self.text.utf8.count
            #expect(try Decompression.bytes(of: packed, limit: size) == Array(Self.text.utf8))
            #expect(try Decompression.bytes(of: Files.read(packed, limit: size), limit: size) == Array(Self.text.utf8))
            var streamed: [UInt8] = []
            try Decompression.stream(file: packed, limit: UInt64(size)) { streamed.append(contentsOf: $0) }
            #expect(streamed == Array(Self.text.utf8))
            let error = ArchiveError.overLimit(archive: packed.string, entry: nil, bound: .totalBytes(UInt64(size - 1)))
            #expect(throws: error) { try Decompression.bytes(of: packed, limit: size - 1) }
        }
    }

    @Test(arguments: filters) func nothingStaysNothing(filter: String) throws {
        try withTemporaryDirectory { directory in
            let packed = try ShellLine.run("\(filter) < /dev/null", in: directory)
            #expect(try Decompression.bytes(of: packed, limit: 10) == [])
        }
    }

    @Test(arguments: ["gzip", "xz", "zstd -q", "bzip2"]) func joinedStreamsAreOne(filter: String) throws {
        try withTemporaryDirectory { directory in
            let packed = try ShellLine.run("{ printf one | \(filter); printf two | \(filter); }", in: directory)
            #expect(try Decompression.bytes(of: packed, limit: 10) == Array("onetwo".utf8))
        }
    }

    @Test(arguments: ["gzip -n", "xz", "zstd -q", "bzip2"]) func halfAStreamIsNoStream(filter: String) throws {
        try withTemporaryDirectory { directory in
            let packed = try ShellLine.run("head -c 3000 /dev/urandom | \(filter)", in: directory)
            // Shorter ones are not recognized as compressed.
            for length in 14..<packed.count {
                #expect(throws: ArchiveError.self, "\(length) of \(packed.count) bytes") {
                    try Decompression.bytes(of: Array(packed[..<length]), limit: 1 << 20)
                }
            }
        }
    }

    @Test func aMatryoshkaIsRefused() throws {
        try withTemporaryDirectory { directory in
            let packed = try ShellLine.run("printf text | gzip | xz", in: directory)
            #expect(throws: ArchiveError.self) { try Decompression.bytes(of: packed, limit: 1000) }
        }
    }
}

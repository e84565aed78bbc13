// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import OCI
import Run
import SystemPackage

extension FuzzTarget {
    /// A decompressed stream has the same bytes with its exact size as the limit, and none with a lower one.
    static func zlib(_ bytes: [UInt8]) throws {
        let (stream, most) = (ZlibStream(bytes), 1 << 20)
        guard let whole = stream.inflated(limit: most) else { return }
        try expect(whole.count <= most, "\(whole.count) bytes")
        try expect(stream.inflated(limit: whole.count) == whole, "other bytes with the exact limit")
        try expect(stream.inflated(count: whole.count) == whole, "other bytes with the exact number")
        guard !whole.isEmpty else { return }
        try expect(stream.inflated(limit: whole.count - 1) == nil, "more bytes than the limit")
        try expect(stream.inflated(count: whole.count - 1) == nil, "another number of bytes")
    }

    /// The difference, after its length in two bytes, then the base. Every byte of the object is from one of them.
    static func gitDelta(_ bytes: [UInt8]) throws {
        let (delta, base) = split(bytes)
        guard let object = GitPack.applied(delta, to: base) else { return }
        try expect(object.count <= GitObjects.mostBytes, "\(object.count) bytes")
        try expect(Set(object).isSubset(of: Set(delta).union(base)), "bytes from elsewhere")
        try expect(GitPack.applied(delta, to: base + [0]) == nil, "a base of another size")
    }

    /// An index of a pack, after its length in two bytes, then the pack. The same bytes are two loose objects: as they
    /// are, and compressed. Objects are bounded, and are the same when they are read again.
    static func gitObjects(_ bytes: [UInt8]) throws {
        let (index, pack) = split(bytes)
        let loose = [([UInt8](repeating: 1, count: 20), bytes), ([UInt8](repeating: 2, count: 20), stored(pack))]
        let files = [("pack/p.idx", index), ("pack/p.pack", pack)] + loose.map { (path(of: $0), $1) }
        try withFiles(files) { objects in
            // The names are after the table of 256 numbers.
            let table = Array(index.dropFirst(8 + 256 * 4).prefix(64 * 32))
            let names = [20, 32].flatMap { size in
                stride(from: 0, to: max(0, table.count - size + 1), by: size).prefix(16).map {
                    Array(table[$0..<($0 + size)])
                }
            }
            for name in names + loose.map(\.0) {
                let object = objects().object(name)
                try expect(object?.bytes.count ?? 0 <= GitObjects.mostBytes, "\(object?.bytes.count ?? 0) bytes")
                try expect(objects().object(name) == object, "another object of the same name")
            }
        }
    }

    private static func split(_ bytes: [UInt8]) -> (first: [UInt8], second: [UInt8]) {
        guard bytes.count >= 2 else { return ([], bytes) }
        let rest = bytes.dropFirst(2)
        let count = Int(bytes[0]) << 8 | Int(bytes[1])
        return (Array(rest.prefix(count)), Array(rest.dropFirst(count)))
    }

    private static func path(of name: [UInt8]) -> String {
        let hex = name.map { "0\($0)" }.joined()
        return "\(hex.prefix(2))/\(hex.dropFirst(2))"
    }

    /// A zlib stream of one stored block (RFC 1951 section 3.2.4).
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let content = bytes.prefix(0xFFFF)
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in content {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        let size = UInt16(content.count)
        let head = [0x78, 0x01, 0x01, UInt8(size & 0xFF), UInt8(size >> 8), UInt8(~size & 0xFF), UInt8(~size >> 8)]
        return head + content + [high >> 8, high, low >> 8, low].map { UInt8($0 & 0xFF) }
    }

    /// Calls `body` with the objects of a temporary repository.
    private static func withFiles(_ files: [(String, [UInt8])], _ body: (() -> GitObjects) throws -> Void) throws {
        let directory = FilePath("/dev/shm/fuzz-\(getpid())-\(UInt64.random(in: 0 ... .max))")
        defer { try? Files.removeTree(directory) }
        for (name, bytes) in files {
            let file = directory.appending("objects").pushing(FilePath(name))
            try Files.makeDirectories(file.removingLastComponent())
            let opened = try FileDescriptor.open(file, .writeOnly, options: .create, permissions: .ownerReadWrite)
            _ = try opened.closeAfter { try opened.writeAll(bytes) }
        }
        let tree = try ContainerTree(directory)
        try body { GitObjects(of: tree, at: "") }
    }
}

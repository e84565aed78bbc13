// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import OCI
import SystemPackage

/// A pack of objects with its index of version 2 (gitformat-pack(5)).
final class GitPack {
    /// An entry of the pack, decompressed.
    struct Entry {
        /// The object that the bytes are differences from.
        enum Base {
            case offset(UInt64)
            case name([UInt8])
        }

        let type: UInt8
        let base: Base?
        let bytes: [UInt8]
    }

    private static let (table, header) = (UInt64(8), UInt64(8 + 256 * 4))
    private let index: FileDescriptor
    private let pack: FileDescriptor
    private let packSize: UInt64
    private let count: UInt64
    private let nameSize: UInt64

    /// Opens the index `name` in `directory`, and its pack; `nil` when one of them is not such a file.
    init?(_ name: String, in directory: FilePath, of tree: ContainerTree) {
        guard let index = try? tree.open(directory.appending(name), O_RDONLY) else { return nil }
        guard let pack = try? tree.open(directory.appending("\(name.dropLast(4)).pack"), O_RDONLY) else {
            try? index.close()
            return nil
        }
        (self.index, self.pack) = (index, pack)
        let sizes = [index, pack].map { file -> UInt64 in
            guard let status = try? ContainerTree.status(of: file), FileKind(mode: status.st_mode) == .file else {
                return 0
            }
            return UInt64(status.st_size)
        }
        packSize = sizes[1]
        let start = Self.read(index, at: 0, count: 8)
        count = Self.number(Self.read(index, at: Self.table + 255 * 4, count: 4)) ?? 0
        // The names' size follows from that of the file: 32 bytes for SHA-256.
        nameSize = sizes[0] >= Self.header + count * 40 + 64 ? 32 : 20
        guard start == [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2], sizes[0] >= Self.header + count * 28 + 40 else {
            return nil
        }
    }

    deinit {
        try? index.close()
        try? pack.close()
    }

    /// The offset in the pack of the object with that name; `nil` when it is not in it.
    func offset(of name: [UInt8]) -> UInt64? {
        guard name.count == Int(nameSize), let first = name.first else { return nil }
        var low = first == 0 ? 0 : Self.number(read(Self.table + (UInt64(first) - 1) * 4, 4)) ?? 0
        var high = min(count, Self.number(read(Self.table + UInt64(first) * 4, 4)) ?? 0)
        while low < high {
            let middle = (low + high) / 2
            guard let found = read(Self.header + middle * nameSize, Int(nameSize)) else { return nil }
            if found == name { return position(of: middle) }
            if found.lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// The offset of the object with that number; beyond 2 GiB in a second table.
    private func position(of number: UInt64) -> UInt64? {
        let offsets = Self.header + count * (nameSize + 4)
        guard let short = Self.number(read(offsets + number * 4, 4)) else { return nil }
        guard short & 0x8000_0000 != 0 else { return short }
        return Self.number(read(offsets + count * 4 + (short & 0x7FFF_FFFF) * 8, 8))
    }

    /// The entry at an offset; `nil` when it is malformed or too large.
    func entry(at offset: UInt64) -> Entry? {
        guard offset < packSize, let head = Self.read(pack, at: offset, count: 64, isShort: true) else { return nil }
        var bytes = head[...]
        guard let first = bytes.popFirst() else { return nil }
        let type = first >> 4 & 7
        var (size, shift) = (UInt64(first & 15), UInt64(4))
        var byte = first
        while byte & 0x80 != 0 {
            guard let next = bytes.popFirst(), shift < 50 else { return nil }
            byte = next
            size |= UInt64(byte & 0x7F) << shift
            shift += 7
        }
        var base: Entry.Base?
        if type == 6 {
            guard let distance = Self.distance(&bytes), distance > 0, distance <= offset else { return nil }
            base = .offset(offset - distance)
        } else if type == 7 {
            guard bytes.count >= Int(nameSize) else { return nil }
            base = .name(Array(bytes.prefix(Int(nameSize))))
            bytes = bytes.dropFirst(Int(nameSize))
        }
        guard size <= UInt64(GitObjects.mostBytes) else { return nil }
        // What cannot be compressed becomes a little larger.
        let start = offset + UInt64(bytes.startIndex)
        let compressed = Self.read(pack, at: start, count: Int(size + size / 8 + 256), isShort: true)
        guard let content = compressed.flatMap({ ZlibStream($0).inflated(count: Int(size)) }) else { return nil }
        return Entry(type: type, base: base, bytes: content)
    }

    /// The distance to a base before the entry.
    private static func distance(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        guard var byte = bytes.popFirst() else { return nil }
        var distance = UInt64(byte & 0x7F)
        while byte & 0x80 != 0 {
            guard let next = bytes.popFirst(), distance < 1 << 50 else { return nil }
            byte = next
            distance = (distance + 1) << 7 | UInt64(byte & 0x7F)
        }
        return distance
    }

    /// The object that differs from `base` by `delta`; `nil` when it is malformed.
    static func applied(_ delta: [UInt8], to base: [UInt8]) -> [UInt8]? {
        var rest = delta[...]
        guard size(&rest) == base.count, let size = size(&rest), size <= GitObjects.mostBytes else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(size)
        while let operation = rest.popFirst() {
            guard operation & 0x80 != 0 else {
                guard operation > 0, rest.count >= Int(operation) else { return nil }
                result += rest.prefix(Int(operation))
                rest = rest.dropFirst(Int(operation))
                continue
            }
            var numbers = [0, 0]
            for bit in 0..<7 where operation & 1 << UInt8(bit) != 0 {
                guard let byte = rest.popFirst() else { return nil }
                if bit < 4 { numbers[0] |= Int(byte) << (bit * 8) } else { numbers[1] |= Int(byte) << ((bit - 4) * 8) }
            }
            let count = numbers[1] == 0 ? 0x10000 : numbers[1]
            guard numbers[0] + count <= base.count, result.count + count <= size else { return nil }
            result += base[numbers[0]..<(numbers[0] + count)]
        }
        return result.count == size ? result : nil
    }

    private static func size(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        var (size, shift) = (0, 0)
        while let byte = bytes.popFirst(), shift < 50 {
            size |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return size }
            shift += 7
        }
        return nil
    }

    private func read(_ offset: UInt64, _ count: Int) -> [UInt8]? { Self.read(index, at: offset, count: count) }

    private static func read(
        _ file: FileDescriptor, at offset: UInt64, count: Int, isShort: Bool = false
    ) -> [UInt8]? {
        guard let start = Int64(exactly: offset) else { return nil }
        var done = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while done < count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[done...])
                guard let read = try? file.read(fromAbsoluteOffset: start + Int64(done), into: rest), read > 0 else {
                    break
                }
                done += read
            }
            initialized = done
        }
        return done == count || isShort ? bytes : nil
    }

    private static func number(_ bytes: [UInt8]?) -> UInt64? { bytes.map { $0.reduce(0) { $0 << 8 | UInt64($1) } } }
}

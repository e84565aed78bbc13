// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import OCI
import SystemPackage

/// A pack of objects with its index of version 2 (gitformat-pack(5)). Its files are open only while they are read: a
/// repository can have thousands of packs.
package struct GitPack: Sendable {
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
    /// The cost of an entry besides its bytes.
    private static let entryCost = 1024
    private let tree: ContainerTree
    private let (index, pack): (FilePath, FilePath)
    /// The number of objects whose names begin with a byte up to the index.
    private let counts: [UInt32]
    private let count: UInt64
    private let nameSize: UInt64

    /// Reads the beginning of the index `name` in `directory`; `nil` when it is not such a file.
    init?(_ name: String, in directory: FilePath, of tree: ContainerTree) {
        self.tree = tree
        (index, pack) = (directory.appending(name), directory.appending("\(name.dropLast(4)).pack"))
        guard let file = try? tree.open(index, O_RDONLY) else { return nil }
        defer { try? file.close() }
        guard let status = try? ContainerTree.status(of: file), FileKind(mode: status.st_mode) == .file,
            let start = Self.read(file, at: 0, count: Int(Self.header)),
            start.starts(with: [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2])
        else { return nil }
        counts = stride(from: Int(Self.table), to: start.count, by: 4).map { place in
            start[place..<(place + 4)].reduce(0) { $0 << 8 | UInt32($1) }
        }
        count = counts.last.map(UInt64.init) ?? 0
        // The names' size follows from that of the file: 32 bytes for SHA-256.
        let size = UInt64(status.st_size)
        nameSize = size >= Self.header + count * 40 + 64 ? 32 : 20
        // After the names a checksum and an offset of each, at most a longer offset, and two checksums; in the pack at
        // least nine bytes.
        let (fewest, most) = (Self.header + count * (nameSize + 8) + 2 * nameSize, count * 8)
        guard let packed = (try? tree.status(pack)).flatMap(\.self), count <= UInt64(packed.st_size) / 9,
            (fewest...(fewest + most)).contains(size)
        else { return nil }
    }

    /// The numbers of the objects whose names have the same first byte.
    private func numbers(around name: [UInt8]) -> (low: UInt64, high: UInt64)? {
        guard name.count == Int(nameSize), let first = name.first.map(Int.init) else { return nil }
        let (low, high) = (first == 0 ? 0 : UInt64(counts[first - 1]), min(count, UInt64(counts[first])))
        return low < high ? (low, high) : nil
    }

    /// Whether the index has to be searched for that name.
    func mayContain(_ name: [UInt8]) -> Bool { numbers(around: name) != nil }

    /// The offset in the pack of the object with that name; `nil` when it is not in it.
    func offset(of name: [UInt8]) -> UInt64? {
        guard var (low, high) = numbers(around: name), let file = try? tree.open(index, O_RDONLY) else { return nil }
        defer { try? file.close() }
        while low < high {
            let middle = (low + high) / 2
            guard let found = Self.read(file, at: Self.header + middle * nameSize, count: Int(nameSize)) else {
                return nil
            }
            if found == name { return position(of: middle, file) }
            if found.lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// The offset of the object with that number; beyond 2 GiB in a second table.
    private func position(of number: UInt64, _ file: FileDescriptor) -> UInt64? {
        let offsets = Self.header + count * (nameSize + 4)
        guard let short = Self.number(Self.read(file, at: offsets + number * 4, count: 4)) else { return nil }
        guard short & 0x8000_0000 != 0 else { return short }
        return Self.number(Self.read(file, at: offsets + count * 4 + (short & 0x7FFF_FFFF) * 8, count: 8))
    }

    /// The entry at an offset; `nil` when it is malformed or too large.
    ///
    /// - Parameter budget: Reduced by the size that the entry claims, also when it is malformed.
    func entry(at offset: UInt64, charging budget: inout Int) -> Entry? {
        budget -= Self.entryCost
        guard let file = try? tree.open(pack, O_RDONLY) else { return nil }
        defer { try? file.close() }
        guard let head = Self.read(file, at: offset, count: 64, isShort: true) else { return nil }
        var bytes = head[...]
        guard let (type, size) = Self.typeAndSize(&bytes), size <= UInt64(GitObjects.mostBytes) else { return nil }
        budget -= Int(size + size / 8)
        var base: Entry.Base?
        if type == 6 {
            guard let distance = Self.distance(&bytes), distance > 0, distance <= offset else { return nil }
            base = .offset(offset - distance)
        } else if type == 7 {
            guard bytes.count >= Int(nameSize) else { return nil }
            base = .name(Array(bytes.prefix(Int(nameSize))))
            bytes = bytes.dropFirst(Int(nameSize))
        }
        // What cannot be compressed becomes a little larger.
        let start = offset + UInt64(bytes.startIndex)
        let compressed = Self.read(file, at: start, count: Int(size + size / 8 + 256), isShort: true)
        guard let content = compressed.flatMap({ ZlibStream($0).inflated(count: Int(size)) }) else { return nil }
        return Entry(type: type, base: base, bytes: content)
    }

    /// The first bytes of an entry.
    private static func typeAndSize(_ bytes: inout ArraySlice<UInt8>) -> (type: UInt8, size: UInt64)? {
        guard let first = bytes.popFirst() else { return nil }
        var (size, shift) = (UInt64(first & 15), UInt64(4))
        var byte = first
        while byte & 0x80 != 0 {
            guard let next = bytes.popFirst(), shift < 50 else { return nil }
            byte = next
            size |= UInt64(byte & 0x7F) << shift
            shift += 7
        }
        return (first >> 4 & 7, size)
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

    /// The object that differs from `base` by `delta`; `nil` when it is malformed, or larger than
    /// `GitObjects.mostBytes`.
    package static func applied(_ delta: [UInt8], to base: [UInt8]) -> [UInt8]? {
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

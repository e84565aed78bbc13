// SPDX-License-Identifier: Apache-2.0

/// Assigns numbers to package names in order of appearance. apt does the same and breaks its last ties by that number,
/// so the order affects the result.
struct NameTable: Sendable {
    private var arena: [UInt8] = []
    private var starts: [UInt32] = [0]
    private var slots: [UInt64]
    private var mask: Int

    /// Creates a table with an initial capacity for about `capacity` names.
    init(capacity: Int) {
        var size = 1024
        while size < capacity * 2 { size *= 2 }
        slots = [UInt64](repeating: 0, count: size)
        mask = size - 1
        arena.reserveCapacity(capacity * 20)
        starts.reserveCapacity(capacity + 1)
    }

    /// The number of names.
    var count: Int { starts.count - 1 }

    /// The name with this number.
    subscript(number: Int32) -> String {
        let range = Int(starts[Int(number)])..<Int(starts[Int(number) + 1])
        return String(decoding: arena[range], as: UTF8.self)
    }

    /// The number of `name`; a new number for a new name.
    mutating func number(_ name: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = NameTable.hash(name)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            if slots[slot] >> 32 == UInt64(hash), matches(slots[slot], name) { return NameTable.entry(slots[slot]) }
            slot = (slot + 1) & mask
        }
        let new = count
        arena.append(contentsOf: name)
        starts.append(UInt32(arena.count))
        slots[slot] = UInt64(hash) << 32 | UInt64(new + 1)
        if count * 2 > slots.count { grow() }
        return Int32(new)
    }

    /// The number of `name`; nil for an unknown name.
    func find(_ name: String) -> Int32? {
        var name = name
        return name.withUTF8 { name in
            let hash = NameTable.hash(name)
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != 0 {
                if slots[slot] >> 32 == UInt64(hash), matches(slots[slot], name) { return NameTable.entry(slots[slot]) }
                slot = (slot + 1) & mask
            }
            return nil
        }
    }

    private static func entry(_ slot: UInt64) -> Int32 { Int32(truncatingIfNeeded: slot & 0xFFFF_FFFF) - 1 }

    @inline(__always)
    private func matches(_ slot: UInt64, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let number = Int(NameTable.entry(slot))
        let start = Int(starts[number])
        guard Int(starts[number + 1]) - start == name.count else { return false }
        for index in 0..<name.count where arena[start + index] != name[index] { return false }
        return true
    }

    /// FNV-1a, folded to 32 bits. Names come from a signed index, so collision attacks are not expected; collisions
    /// only cost time.
    @inline(__always)
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: old.count * 2)
        mask = slots.count - 1
        for entry in old where entry != 0 {
            var slot = Int(truncatingIfNeeded: entry >> 32) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = entry
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Makes reproducible random inputs from the corpus.
struct Mutator {
    private let seeds: [[UInt8]]
    private var chance: SplitMix

    /// Mutates `seeds`, which must not be empty.
    init(seed: UInt64, seeds: [[UInt8]]) {
        self.seeds = seeds.isEmpty ? [[]] : seeds
        chance = SplitMix(state: seed)
    }

    /// One to four changes of a seed.
    mutating func next() -> [UInt8] {
        var bytes = pick()
        for _ in 0...Int.random(in: 0..<4, using: &chance) { change(&bytes) }
        return Array(bytes.prefix(FuzzTarget.limit))
    }

    private mutating func pick() -> [UInt8] { seeds[Int.random(in: 0..<seeds.count, using: &chance)] }

    private mutating func range(in bytes: [UInt8]) -> Range<Int> {
        let start = Int.random(in: 0...bytes.count, using: &chance)
        return start..<Int.random(in: start...min(bytes.count, start + 64), using: &chance)
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let range = range(in: bytes)
        switch Int.random(in: 0..<7, using: &chance) {
        case 0: bytes.removeSubrange(range)
        case 1: bytes.insert(contentsOf: bytes[range], at: range.lowerBound)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &chance), at: range.lowerBound)
        case 3:
            let other = pick()
            bytes.replaceSubrange(range, with: other[self.range(in: other)])
        case 4: bytes = Array(bytes[..<range.lowerBound])
        case 5:
            // Bytes with a meaning for some parser.
            let signs: [UInt8] = Array("\u{0}\n :,|()[]{}\"\\/.-~+@#&*%\t\r".utf8) + [0x7f, 0x80, 0xc3, 0xff]
            if !range.isEmpty { bytes[range.lowerBound] = signs[Int.random(in: 0..<signs.count, using: &chance)] }
        default:
            if !range.isEmpty { bytes[range.lowerBound] ^= 1 << UInt8.random(in: 0..<8, using: &chance) }
        }
    }
}

/// Steele, Lea and Flood's SplitMix64 ("Fast splittable pseudorandom number generators", 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

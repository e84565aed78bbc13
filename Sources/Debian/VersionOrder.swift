// SPDX-License-Identifier: Apache-2.0

/// The order of versions as bytes (Debian Policy 5.6.12): epochs as numbers, then upstream version and revision as
/// alternating runs of non-digits and digits.
///
/// Never fails: any bytes can be ordered, so that an index can be searched before its versions are validated.
enum VersionOrder {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// Negative, zero or positive when `left` sorts before, equal to or after `right`.
    static func compare(_ left: Bytes, _ right: Bytes) -> Int {
        let (leftEpoch, leftRest) = splitEpoch(left)
        let (rightEpoch, rightRest) = splitEpoch(right)
        let epochs = compareRuns(leftEpoch, rightEpoch)
        if epochs != 0 { return epochs }
        let (leftUpstream, leftRevision) = splitRevision(leftRest)
        let (rightUpstream, rightRevision) = splitRevision(rightRest)
        let upstream = compareRuns(leftUpstream, rightUpstream)
        return upstream != 0 ? upstream : compareRuns(leftRevision, rightRevision)
    }

    /// Splits the epoch off; an absent epoch is 0, like an empty run of digits.
    private static func splitEpoch(_ bytes: Bytes) -> (Bytes, Bytes) {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return (Bytes(rebasing: bytes[..<0]), bytes) }
        return (Bytes(rebasing: bytes[..<colon]), Bytes(rebasing: bytes[(colon + 1)...]))
    }

    /// Splits the revision off; an absent revision is equal to 0, like an empty run of digits.
    private static func splitRevision(_ bytes: Bytes) -> (Bytes, Bytes) {
        guard let dash = bytes.lastIndex(of: UInt8(ascii: "-")) else {
            return (bytes, Bytes(rebasing: bytes[bytes.count...]))
        }
        return (Bytes(rebasing: bytes[..<dash]), Bytes(rebasing: bytes[(dash + 1)...]))
    }

    private static func compareRuns(_ left: Bytes, _ right: Bytes) -> Int {
        var (i, j) = (0, 0)
        while i < left.count || j < right.count {
            while (i < left.count && !isDigit(left[i])) || (j < right.count && !isDigit(right[j])) {
                let difference = weight(left, i) - weight(right, j)
                if difference != 0 { return difference }
                i += 1
                j += 1
            }
            while i < left.count && left[i] == UInt8(ascii: "0") { i += 1 }
            while j < right.count && right[j] == UInt8(ascii: "0") { j += 1 }
            var first = 0
            while i < left.count && isDigit(left[i]) && j < right.count && isDigit(right[j]) {
                if first == 0 { first = Int(left[i]) - Int(right[j]) }
                i += 1
                j += 1
            }
            if i < left.count && isDigit(left[i]) { return 1 }
            if j < right.count && isDigit(right[j]) { return -1 }
            if first != 0 { return first }
        }
        return 0
    }

    /// A tilde sorts before the end, the end before letters, letters before everything else.
    private static func weight(_ bytes: Bytes, _ index: Int) -> Int {
        guard index < bytes.count else { return 0 }
        let byte = bytes[index]
        if isDigit(byte) { return 0 }
        if byte == UInt8(ascii: "~") { return -1 }
        return isLetter(byte) ? Int(byte) : Int(byte) + 256
    }
}

@inline(__always) func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
@inline(__always) func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 97 < 26 }
@inline(__always) func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
/// Blank, tab or line end: the separators of words in a control field (Debian Policy 5.1).
@inline(__always) func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }
func isOneOf(_ byte: UInt8, _ set: StaticString) -> Bool {
    UnsafeBufferPointer(start: set.utf8Start, count: set.utf8CodeUnitCount).contains(byte)
}

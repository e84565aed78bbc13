// SPDX-License-Identifier: Apache-2.0

/// Finds the existing names that are most similar to an unknown one.
enum NearestNames {
    /// At most three names of real packages, nearest first, with a distance of at most a third of the letters.
    static func of(_ name: String, in universe: PackageUniverse) -> [String] {
        let wanted = Array(name.utf8.prefix(64))
        let limit = max(1, wanted.count / 3)
        var found: [(distance: Int, name: String)] = []
        for number in 0..<Int32(universe.firstVersion.count) where universe.firstVersion[Int(number)] >= 0 {
            let candidate = universe.names[number]
            guard abs(candidate.utf8.count - wanted.count) <= limit else { continue }
            let distance = distance(wanted, Array(candidate.utf8), limit: limit)
            if distance <= limit { found.append((distance, candidate)) }
        }
        return found.sorted { rank($0.distance, $0.name, name) < rank($1.distance, $1.name, name) }.prefix(3).map(
            \.name)
    }

    /// Ranks names of equal distance: first doubled letters, then a common prefix and equal length, because typing
    /// errors are mostly wrong letters near the end, and seldom additional ones.
    private static func rank(_ distance: Int, _ name: String, _ wanted: String) -> (Int, Int, Int, Int, String) {
        let letters = Array(wanted.utf8)
        let common = zip(name.utf8, letters).prefix { $0 == $1 }.count
        let isDoubled = name.utf8.count < letters.count && common > 0 && letters[common] == letters[common - 1]
        return (distance, isDoubled ? 0 : 1, -common, abs(name.utf8.count - letters.count), name)
    }

    /// The number of insertions, deletions, changes and swaps of neighboring letters (optimal string alignment).
    static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            if row.min() ?? 0 > limit { return limit + 1 }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}

// SPDX-License-Identifier: Apache-2.0

/// The name in `known` that is most similar to `word`: the smallest Levenshtein distance, if it is at most a third of
/// the word's length.
package func nearest(to word: String, among known: [String]) -> String? {
    let limit = max(1, word.count / 3)
    guard word.count <= 64 else { return nil }
    let ranked = known.map { ($0, distance(Array(word), Array($0))) }.filter { $0.1 <= limit }
    return ranked.min { $0.1 < $1.1 }?.0
}

private func distance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, b) in right.enumerated() {
            let changed = diagonal + (a == b ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(changed, row[j] + 1, diagonal + 1)
        }
    }
    return row[right.count]
}

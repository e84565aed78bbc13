// SPDX-License-Identifier: Apache-2.0

import Debian

/// Finds vulnerability names in text, in full or in one of the short forms that maintainers use.
///
/// Short forms: `CVE-2024-33601-33602-nscd.diff`, `CVE-2023-1234/5678`, `CVE-2023-1234, -5678`, `CVE-2023-{1234,5678}`,
/// `CVE-2022-22822 to CVE-2022-22827`. A number with fewer than four digits belongs to a patch, not to a vulnerability.
struct CVEScanner {
    /// A name and its byte range in the text.
    struct Match: Hashable {
        let id: CVEIdentifier
        let range: Range<Int>
    }

    /// The maximum number of names in a range; a larger range is a mistake.
    private static let longestRange = 64
    private let bytes: [UInt8]
    private var matches: [Match] = []

    /// The names in `text`, in order and with duplicates.
    static func matches(in text: String) -> [Match] {
        // Fast path: most lines have none.
        guard text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "v") }) else { return [] }
        var scanner = CVEScanner(bytes: text.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 })
        scanner.scan()
        return scanner.matches
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func scan() {
        var position = 0
        while position + 9 < bytes.count {
            guard let year = year(at: position) else {
                position += 1
                continue
            }
            let end = name(year, from: position)
            position = max(end, position + 1)
        }
    }

    /// The year of "cve-YYYY-" at `start`, at the beginning of a word.
    private func year(at start: Int) -> Int? {
        guard bytes[start] == UInt8(ascii: "c"), bytes[start...].starts(with: "cve-".utf8),
            start == 0 || !isWordByte(bytes[start - 1]), let year = number(at: start + 4, digits: 4...4),
            start + 8 < bytes.count, bytes[start + 8] == UInt8(ascii: "-")
        else { return nil }
        return year.value
    }

    /// Reads the name after its year, and the short forms after it; returns the end position.
    private mutating func name(_ year: Int, from start: Int) -> Int {
        var end = start + 9
        if end < bytes.count, bytes[end] == UInt8(ascii: "{") { return list(year, from: start, at: end + 1) }
        guard let first = number(at: end, digits: 4...9), add(year, first.value, start..<first.end) else { return end }
        let isRangeEnd = closesRange(year, first.value, start: start)
        end = first.end
        while !isRangeEnd, let next = shortForm(at: end) {
            guard add(next.year ?? year, next.value, next.start..<next.end) else { break }
            end = next.end
        }
        return end
    }

    /// `{1234,5678}`
    private mutating func list(_ year: Int, from start: Int, at first: Int) -> Int {
        var position = first
        while let next = number(at: position, digits: 4...9), add(year, next.value, start..<next.end) {
            position = next.end
            guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { break }
            position += 1
        }
        return position
    }

    /// `/5678`, `-5678`, `, -5678`, ` and -5678`, and with a year of its own `/2024-5678`.
    private func shortForm(at end: Int) -> (year: Int?, value: Int, start: Int, end: Int)? {
        for separator in ["/", "/-", "_", ", -", ",-", " and -", "-"] where bytes[end...].starts(with: separator.utf8) {
            let start = end + separator.utf8.count
            guard let number = number(at: start, digits: 4...6) else { continue }
            let isYear = (1999...2099).contains(number.value) && number.end - start == 4
            if isYear, number.end < bytes.count, bytes[number.end] == UInt8(ascii: "-"),
                let whole = self.number(at: number.end + 1, digits: 4...6)
            {
                return (number.value, whole.value, start, whole.end)
            }
            // In a file name, a number that looks like a year is a year.
            if isYear, separator == "-" || separator == "_" { return nil }
            return (nil, number.value, start, number.end)
        }
        return nil
    }

    /// Adds the names of a range, when only "to" or a dash separates the two names.
    private mutating func closesRange(_ year: Int, _ last: Int, start: Int) -> Bool {
        guard matches.count > 1 else { return false }
        let before = matches[matches.count - 2]
        let between = String(decoding: bytes[before.range.upperBound..<start], as: UTF8.self)
        let words = between.split(separator: " ")
        guard words.count == 1, ["to", "through", "-", "–", ".."].contains(String(words[0])), before.id.year == year,
            before.id.number < last, last - before.id.number <= Self.longestRange
        else { return false }
        for number in (before.id.number + 1)..<last { _ = add(year, number, before.range.lowerBound..<start) }
        return true
    }

    private mutating func add(_ year: Int, _ number: Int, _ range: Range<Int>) -> Bool {
        guard let id = CVEIdentifier(year: year, number: number) else { return false }
        matches.append(Match(id: id, range: range))
        return true
    }

    /// A number with this many digits that is not followed by a digit or letter.
    private func number(at start: Int, digits: ClosedRange<Int>) -> (value: Int, end: Int)? {
        guard start < bytes.count else { return nil }
        let text = bytes[start...].prefix { (48...57).contains($0) }
        guard digits.contains(text.count) else { return nil }
        if text.endIndex < bytes.count, (97...122).contains(bytes[text.endIndex]) { return nil }
        return (text.reduce(0) { $0 * 10 + Int($1 - 48) }, text.endIndex)
    }

    private func isWordByte(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (97...122).contains(byte) }
}

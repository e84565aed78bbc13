// SPDX-License-Identifier: Apache-2.0

/// Dates in OCI documents (RFC 3339 section 5.6), validated and kept as text.
enum RFC3339 {
    /// Whether `text` is `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)` with all fields in range, in ASCII digits.
    static func isDateTime(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40, matches(bytes[..<19], "0000-00-00T00:00:00") else { return false }
        let (year, month, day) = (number(bytes[..<4]), number(bytes[5..<7]), number(bytes[8..<10]))
        guard (1...12).contains(month), (1...days(month, of: year)).contains(day), number(bytes[11..<13]) < 24,
            number(bytes[14..<16]) < 60, number(bytes[17..<19]) <= 60
        else { return false }
        var zone = bytes[19...]
        if zone.first == UInt8(ascii: ".") {
            let fraction = zone.dropFirst().prefix { isDigit($0) }
            guard !fraction.isEmpty else { return false }
            zone = zone[fraction.endIndex...]
        }
        if zone.elementsEqual("Z".utf8) { return true }
        guard matches(zone, "+00:00") || matches(zone, "-00:00") else { return false }
        return number(zone.dropFirst().prefix(2)) < 24 && number(zone.suffix(2)) < 60
    }

    /// Whether `bytes` matches `pattern`, in which `0` matches any digit.
    private static func matches(_ bytes: ArraySlice<UInt8>, _ pattern: StaticString) -> Bool {
        let wanted = Array(pattern.description.utf8)
        return bytes.count == wanted.count
            && zip(bytes, wanted).allSatisfy { $1 == UInt8(ascii: "0") ? isDigit($0) : $0 == $1 }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int {
        digits.reduce(0) { $0 * 10 + Int($1) - Int(UInt8(ascii: "0")) }
    }

    private static func days(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

// SPDX-License-Identifier: Apache-2.0

/// What the headers before a header say about the same entry: PAX records and GNU's long names.
struct TarExtensions {
    /// PAX records by keyword (POSIX.1-2017, pax, "pax Extended Header").
    var records: [String: [UInt8]] = [:]
    /// GNU type 'L'.
    var longName: [UInt8]?
    /// GNU type 'K'.
    var longLink: [UInt8]?

    /// Whether nothing was said.
    var isEmpty: Bool { records.isEmpty && longName == nil && longLink == nil }

    /// Adds the records of one extended header: "LENGTH KEYWORD=VALUE\n" each; later ones win.
    ///
    /// - Returns: Whether `body` is made of such records.
    mutating func add(_ body: [UInt8]) -> Bool {
        var rest = body[...]
        while !rest.isEmpty {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard (1...7).contains(digits.count), let length = Int(String(decoding: digits, as: UTF8.self)),
                rest.dropFirst(digits.count).first == UInt8(ascii: " "), length <= rest.count, length > digits.count + 1
            else { return false }
            let record = rest.prefix(length).dropFirst(digits.count + 1)
            guard record.last == UInt8(ascii: "\n"), let equals = record.firstIndex(of: UInt8(ascii: "=")),
                let keyword = String(validating: record[..<equals], as: UTF8.self), !keyword.isEmpty
            else { return false }
            records[keyword] = Array(record[(equals + 1)...].dropLast())
            rest = rest.dropFirst(length)
        }
        return true
    }

    /// The value of a record; an empty one takes back what was said globally, and counts as none.
    func value(_ keyword: String) -> [UInt8]? {
        guard let value = records[keyword], !value.isEmpty else { return nil }
        return value
    }

    /// These, and of `others` what these do not speak about.
    func over(_ others: TarExtensions) -> TarExtensions {
        var result = self
        result.records.merge(others.records) { own, _ in own }
        return result
    }

    /// How star, and after it everyone, writes extended attributes: name in the keyword, raw bytes as value.
    static let attributePrefix = "SCHILY.xattr.".utf8

    /// Whether the entry is a sparse file of GNU tar in PAX clothes.
    var isSparse: Bool { records.keys.contains { $0.utf8.starts(with: "GNU.sparse.".utf8) } }

    /// A record with a decimal number, its fraction cut off towards the past; `nil` when there is none.
    ///
    /// - Throws: `TarHeader.Flaw.number`.
    func number(_ keyword: String) throws(TarHeader.Flaw) -> Int64? {
        guard let value = value(keyword) else { return nil }
        let whole = value.prefix { $0 != UInt8(ascii: ".") }
        let fraction = value.dropFirst(whole.count + 1)
        guard fraction.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            whole.first != UInt8(ascii: "+"),
            let number = Int64(String(decoding: whole, as: UTF8.self))
        else { throw .number(keyword) }
        return number
    }
}

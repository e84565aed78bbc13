// SPDX-License-Identifier: Apache-2.0

/// The extended headers of an entry: PAX records and GNU long names.
struct TarExtensions {
    /// PAX records by keyword (POSIX.1-2017, pax, "pax Extended Header").
    var records: [String: [UInt8]] = [:]
    /// GNU type 'L' (long name).
    var longName: [UInt8]?
    /// GNU type 'K' (long link target).
    var longLink: [UInt8]?

    /// Whether there are no records and no long names.
    var isEmpty: Bool { records.isEmpty && longName == nil && longLink == nil }

    /// Adds the records of one extended header, "LENGTH KEYWORD=VALUE\n" each; later records win.
    ///
    /// - Returns: Whether `body` consists of such records.
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

    /// The value of a record; an empty value cancels a global record and counts as none.
    func value(_ keyword: String) -> [UInt8]? {
        guard let value = records[keyword], !value.isEmpty else { return nil }
        return value
    }

    /// These extensions, completed by those of `others` for the missing keywords.
    func over(_ others: TarExtensions) -> TarExtensions {
        var result = self
        result.records.merge(others.records) { own, _ in own }
        return result
    }

    /// The prefix of extended attributes, introduced by star: the name is in the keyword, the value is raw bytes.
    static let attributePrefix = "SCHILY.xattr.".utf8

    /// Whether the entry is a sparse file in GNU tar's PAX format.
    var isSparse: Bool { records.keys.contains { $0.utf8.starts(with: "GNU.sparse.".utf8) } }

    /// A record with a decimal number, rounded down; nil when there is none.
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

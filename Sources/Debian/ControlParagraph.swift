// SPDX-License-Identifier: Apache-2.0

/// One paragraph of a control file (Debian Policy 5.1): fields by name, in the order of the file.
///
/// For single records. `PackageUniverse` reads whole `Packages` files and parses only the fields that it needs.
package struct ControlParagraph: Hashable, Sendable {
    /// One field: its name, and its value without surrounding white space; the lines of a folded or multi-line value
    /// are joined by line feeds, each without its first blank.
    package struct Field: Hashable, Sendable {
        /// The name as written; compared without case (Debian Policy 5.1).
        package let name: String
        /// The value, its lines joined by line feeds.
        package let value: String
        /// The line of the file on which it begins, counted from 1.
        package let line: Int
    }

    /// All fields.
    package let fields: [Field]
    /// The line of the file on which the paragraph begins, counted from 1.
    package let line: Int

    /// The value of the field `name`, compared without case; nil when it is missing.
    package subscript(name: String) -> String? {
        fields.first { ControlParagraph.sameName($0.name, name) }?.value
    }

    /// The line on which the field `name` begins; that of the paragraph when it is missing.
    package func line(of name: String) -> Int {
        fields.first { ControlParagraph.sameName($0.name, name) }?.line ?? line
    }

    /// The value of a mandatory field.
    ///
    /// - Throws: `DebianError.missingField`.
    package func required(_ name: String, file: String) throws(DebianError) -> String {
        guard let value = self[name], !value.isEmpty else { throw .missingField(name, file: file, line: line) }
        return value
    }

    /// Field names are compared without case (Debian Policy 5.1).
    static func sameName(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { $0 == $1 || (isLetter($0) && $0 ^ $1 == 0x20) }
    }
}

extension ControlParagraph {
    /// Parses all paragraphs of `bytes`; lines that begin with `#` are comments (Debian Policy 5.1).
    ///
    /// - Parameters:
    ///   - file: The file's name in errors.
    ///   - firstLine: The number of the first line, when `bytes` are a part of a file.
    /// - Throws: `DebianError.malformedControl`.
    package static func parse(
        _ bytes: some Collection<UInt8>, file: String, firstLine: Int = 1
    ) throws(DebianError) -> [ControlParagraph] {
        var reader = ControlReader(file: file)
        var number = firstLine
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            try reader.take(Array(line), number: number)
            number += 1
        }
        reader.endParagraph()
        return reader.paragraphs
    }
}

/// Collects lines into fields and fields into paragraphs.
private struct ControlReader {
    let file: String
    var paragraphs: [ControlParagraph] = []
    var fields: [ControlParagraph.Field] = []
    var start = 0

    init(file: String) { self.file = file }

    mutating func take(_ line: [UInt8], number: Int) throws(DebianError) {
        guard let first = line.first(where: { !isSpace($0) }) else { return endParagraph() }
        if line[0] == UInt8(ascii: "#") { return }
        if line[0] == UInt8(ascii: " ") || line[0] == UInt8(ascii: "\t") {
            return try continueField(line, number: number)
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, first != UInt8(ascii: "-"),
            line[..<colon].allSatisfy({ $0 > 32 && $0 < 127 })
        else { throw .malformedControl(file: file, line: number, reason: "expected 'Name: value'") }
        if fields.isEmpty { start = number }
        let name = String(decoding: line[..<colon], as: UTF8.self)
        guard !fields.contains(where: { ControlParagraph.sameName($0.name, name) }) else {
            throw .malformedControl(file: file, line: number, reason: "the field \(name) occurs twice")
        }
        let value = String(decoding: trimmed(line[(colon + 1)...]), as: UTF8.self)
        fields.append(.init(name: name, value: value, line: number))
    }

    private mutating func continueField(_ line: [UInt8], number: Int) throws(DebianError) {
        guard let last = fields.popLast() else {
            throw .malformedControl(file: file, line: number, reason: "a continuation line without a field")
        }
        let text = String(decoding: trimmedRight(line.dropFirst()), as: UTF8.self)
        fields.append(.init(name: last.name, value: last.value + "\n" + text, line: last.line))
    }

    mutating func endParagraph() {
        if !fields.isEmpty { paragraphs.append(ControlParagraph(fields: fields, line: start)) }
        fields = []
    }
}

func trimmedRight(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return bytes
}

func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    trimmedRight(bytes.drop(while: isSpace))
}

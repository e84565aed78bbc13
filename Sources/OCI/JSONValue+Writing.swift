// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// The canonical encoding for hashing: keys sorted by their UTF-8 bytes, no white space, the escapes of RFC 8785
    /// section 3.2.2.2. (RFC 8785 sorts by UTF-16 units, which differs beyond U+D7FF only.)
    package func canonical() -> [UInt8] {
        var writer = JSONWriter(step: nil)
        writer.write(self, indent: 0)
        return writer.bytes
    }

    /// The readable encoding: two spaces per level, keys sorted, a newline at the end.
    package func pretty() -> String {
        var writer = JSONWriter(step: 2)
        writer.write(self, indent: 0)
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }
}

/// Writes JSON text.
private struct JSONWriter {
    /// Spaces per level; nil for no white space.
    let step: Int?
    var bytes: [UInt8] = []

    init(step: Int?) { self.step = step }

    mutating func write(_ value: JSONValue, indent: Int) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let flag): bytes += (flag ? "true" : "false").utf8
        case .integer(let number): bytes += String(number).utf8
        case .string(let text): write(text)
        case .array(let items):
            writeList(items, "[", "]", indent) { writer, item, inner in writer.write(item, indent: inner) }
        case .object(let members):
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            writeList(sorted, "{", "}", indent) { writer, member, inner in
                writer.write(member.key)
                writer.bytes += (writer.step == nil ? ":" : ": ").utf8
                writer.write(member.value, indent: inner)
            }
        }
    }

    private mutating func writeList<Item>(
        _ items: [Item], _ open: String, _ close: String, _ indent: Int,
        _ writeItem: (inout JSONWriter, Item, Int) -> Void
    ) {
        bytes += open.utf8
        let inner = indent + (step ?? 0)
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            newline(inner)
            writeItem(&self, item, inner)
        }
        if !items.isEmpty { newline(indent) }
        bytes += close.utf8
    }

    private mutating func newline(_ indent: Int) {
        guard step != nil else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes += repeatElement(UInt8(ascii: " "), count: indent)
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += #"\""#.utf8
            case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
            case 0x08: bytes += #"\b"#.utf8
            case 0x09: bytes += #"\t"#.utf8
            case 0x0A: bytes += #"\n"#.utf8
            case 0x0C: bytes += #"\f"#.utf8
            case 0x0D: bytes += #"\r"#.utf8
            case 0x00..<0x20:
                let digits = String(byte, radix: 16)
                bytes += (digits.utf8.count == 1 ? #"\u000"# : #"\u00"#).utf8
                bytes += digits.utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

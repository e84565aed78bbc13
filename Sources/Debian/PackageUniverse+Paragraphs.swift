// SPDX-License-Identifier: Apache-2.0

import Glibc

extension PackageUniverse {
    /// The index fields that the solver needs.
    enum Field: Int, CaseIterable {
        case package, version, architecture, multiArch, priority, essential, important, protected
        case preDepends, depends, conflicts, breaks, recommends, suggests, replaces, enhances, provides
    }

    /// The range of one paragraph and of its field values.
    struct Paragraph {
        var start = 0
        var end = 0
        private var values: InlineArray<17, Range<Int>> = .init(repeating: 0..<0)

        subscript(field: Field) -> Range<Int> {
            get { values[field.rawValue] }
            set { values[field.rawValue] = newValue }
        }
    }

    /// An error in a paragraph, with its offset.
    struct ParagraphFailure: Error {
        enum Kind {
            case missing(String)
            case malformed(String)
            case field(String, value: String)
        }
        var offset: Int
        var kind: Kind

        func error(in index: PackagesIndex) -> DebianError {
            let line = 1 + index.bytes[..<min(offset, index.bytes.count)].count { $0 == UInt8(ascii: "\n") }
            return switch kind {
            case .missing(let field): .missingField(field, file: index.file, line: line)
            case .malformed(let reason): .malformedControl(file: index.file, line: line, reason: reason)
            case .field(let field, let value): .malformedField(field, value: value, file: index.file, line: line)
            }
        }
    }

    /// Finds paragraphs and their relevant lines; everything else is skipped with `memchr`.
    struct ParagraphScanner {
        let bytes: UnsafeBufferPointer<UInt8>
        private var position: Int

        /// Creates a scanner at `position`, the start of a paragraph.
        init(bytes: UnsafeBufferPointer<UInt8>, position: Int = 0) {
            self.bytes = bytes
            self.position = position
        }

        /// The next paragraph; nil at the end.
        mutating func next() -> Result<Paragraph?, ParagraphFailure> {
            while position < bytes.count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
            guard position < bytes.count else { return .success(nil) }
            var paragraph = Paragraph()
            paragraph.start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
                if let failure = takeField(&paragraph) { return .failure(failure) }
            }
            paragraph.end = position
            return .success(paragraph)
        }

        private mutating func takeField(_ paragraph: inout Paragraph) -> ParagraphFailure? {
            let start = position
            let end = endOfField()
            position = min(end + 1, bytes.count)
            guard let colon = find(UInt8(ascii: ":"), from: start, to: end), colon > start, !isSpace(bytes[start])
            else {
                return ParagraphFailure(offset: start, kind: .malformed("expected 'Name: value'"))
            }
            guard let field = PackageUniverse.field(bytes, start..<colon) else { return nil }
            guard paragraph[field].isEmpty else {
                let name = String(decoding: bytes[start..<colon], as: UTF8.self)
                return ParagraphFailure(offset: start, kind: .malformed("the field \(name) occurs twice"))
            }
            var (low, high) = (colon + 1, end)
            while low < high, isSpace(bytes[low]) { low += 1 }
            while high > low, isSpace(bytes[high - 1]) { high -= 1 }
            paragraph[field] = low..<high
            return nil
        }

        /// The end of the current field, including its continuation lines.
        private func endOfField() -> Int {
            var end = find(UInt8(ascii: "\n"), from: position, to: bytes.count) ?? bytes.count
            while end + 1 < bytes.count, bytes[end + 1] == 32 || bytes[end + 1] == 9 {
                end = find(UInt8(ascii: "\n"), from: end + 1, to: bytes.count) ?? bytes.count
            }
            return end
        }

        @inline(__always)
        private func find(_ byte: UInt8, from start: Int, to end: Int) -> Int? {
            guard start < end, let base = bytes.baseAddress,
                let found = memchr(base + start, Int32(byte), end - start)
            else { return nil }
            return UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }

    /// The field with this name, compared without case (Debian Policy 5.1).
    @inline(__always)
    static func field(_ bytes: UnsafeBufferPointer<UInt8>, _ name: Range<Int>) -> Field? {
        func named(_ candidate: StaticString, _ field: Field) -> Field? {
            guard candidate.utf8CodeUnitCount == name.count else { return nil }
            for index in 0..<name.count where bytes[name.lowerBound + index] | 0x20 != candidate.utf8Start[index] | 0x20
            {
                return nil
            }
            return field
        }
        return switch (bytes[name.lowerBound] | 0x20, name.count) {
        case (0x70, 7): named("package", .package)
        case (0x76, 7): named("version", .version)
        case (0x61, 12): named("architecture", .architecture)
        case (0x6D, 10): named("multi-arch", .multiArch)
        case (0x70, 8): named("priority", .priority) ?? named("provides", .provides)
        case (0x65, 9): named("essential", .essential)
        case (0x69, 9): named("important", .important)
        case (0x70, 9): named("protected", .protected)
        case (0x70, 11): named("pre-depends", .preDepends)
        case (0x64, 7): named("depends", .depends)
        case (0x63, 9): named("conflicts", .conflicts)
        case (0x62, 6): named("breaks", .breaks)
        case (0x72, 10): named("recommends", .recommends)
        case (0x73, 8): named("suggests", .suggests)
        case (0x72, 8): named("replaces", .replaces)
        case (0x65, 8): named("enhances", .enhances)
        default: nil
        }
    }
}

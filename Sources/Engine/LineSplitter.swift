// SPDX-License-Identifier: Apache-2.0

/// Splits a stream of bytes into lines, keeping at most `limit` bytes of a line.
package struct LineSplitter {
    private let limit: Int
    private var line: [UInt8] = []

    /// Creates a splitter without input.
    package init(limit: Int) { self.limit = limit }

    /// Adds bytes and returns the completed lines.
    package mutating func add(_ bytes: some Sequence<UInt8>) -> [String] {
        Array(bytes).withUnsafeBytes { add($0) }
    }

    /// As above, for large inputs: a line may have hundreds of megabytes.
    package mutating func add(_ bytes: UnsafeRawBufferPointer) -> [String] {
        var complete: [String] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            take(rest[..<end])
            complete.append(String(decoding: line, as: UTF8.self))
            line.removeAll(keepingCapacity: true)
            rest = rest[(end + 1)...]
        }
        take(rest)
        return complete
    }

    private mutating func take(_ bytes: Slice<UnsafeRawBufferPointer>) {
        line.append(contentsOf: bytes.prefix(max(0, limit - line.count)))
    }

    /// The last line, if it has no line break.
    package mutating func end() -> String? {
        defer { line = [] }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream of bytes into lines, keeping no more than `limit` bytes of a line.
package struct LineSplitter {
    private let limit: Int
    private var line: [UInt8] = []

    /// A splitter that has read nothing.
    package init(limit: Int) { self.limit = limit }

    /// Takes more bytes and gives the lines that are complete now.
    package mutating func add(_ bytes: some Sequence<UInt8>) -> [String] {
        Array(bytes).withUnsafeBytes { add($0) }
    }

    /// As above, in runs: a line may have hundreds of megabytes.
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

    /// The last line, when it did not end with a line break.
    package mutating func end() -> String? {
        defer { line = [] }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream of bytes into lines, keeping no more than `limit` bytes of a line.
package struct LineSplitter {
    private let limit: Int
    private var line: [UInt8] = []

    /// A splitter that has read nothing.
    package init(limit: Int) { self.limit = limit }

    /// Takes more bytes and gives the lines that are complete now.
    package mutating func add(_ bytes: some Sequence<UInt8>) -> [String] {
        var complete: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                complete.append(String(decoding: line, as: UTF8.self))
                line.removeAll(keepingCapacity: true)
            } else if line.count < limit {
                line.append(byte)
            }
        }
        return complete
    }

    /// The last line, when it did not end with a line break.
    package mutating func end() -> String? {
        defer { line = [] }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }
}

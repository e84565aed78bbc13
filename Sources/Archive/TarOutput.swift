// SPDX-License-Identifier: Apache-2.0

/// Buffers headers and small files between libarchive and a sink; large pieces pass without a copy.
final class TarOutput {
    private static let capacity = 1 << 16
    private static let direct = 1 << 14
    private let sink: ByteSink
    private var gathered: [UInt8] = []
    /// The error of the sink, which cannot be passed through libarchive.
    private(set) var failure: (any Error)?
    private var isDiscarding = false

    init(_ sink: @escaping ByteSink) {
        self.sink = sink
        gathered.reserveCapacity(TarOutput.capacity)
    }

    /// Accepts a piece; returns false when the sink failed.
    func accept(_ piece: UnsafeRawBufferPointer) -> Bool {
        if isDiscarding { return true }
        do {
            if gathered.count + piece.count > TarOutput.capacity || piece.count >= TarOutput.direct { try flush() }
            if piece.count >= TarOutput.direct { try sink(piece) } else { gathered.append(contentsOf: piece) }
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// Discards all further output.
    func discard() { isDiscarding = true }

    /// Writes the buffered bytes to the sink.
    func flush() throws {
        if gathered.isEmpty { return }
        try gathered.withUnsafeBytes { try sink($0) }
        gathered.removeAll(keepingCapacity: true)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Between libarchive and a sink: gathers headers and small files, and lets big pieces through without a copy.
final class TarOutput {
    private static let capacity = 1 << 16
    private static let direct = 1 << 14
    private let sink: ByteSink
    private var gathered: [UInt8] = []
    /// What the sink threw, which libarchive cannot carry.
    private(set) var failure: (any Error)?
    private var isDiscarding = false

    init(_ sink: @escaping ByteSink) {
        self.sink = sink
        gathered.reserveCapacity(TarOutput.capacity)
    }

    /// Takes a piece; `false` when the sink would not.
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

    /// Lets everything from now on go nowhere.
    func discard() { isDiscarding = true }

    /// Hands on what was gathered.
    func flush() throws {
        if gathered.isEmpty { return }
        try gathered.withUnsafeBytes { try sink($0) }
        gathered.removeAll(keepingCapacity: true)
    }
}

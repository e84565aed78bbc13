// SPDX-License-Identifier: Apache-2.0

extension Collection where Element: Sendable {
    /// The results of `transform` for all elements, in order, with at most `limit` running concurrently.
    ///
    /// Elements are started in order: put the longest work first.
    ///
    /// - Throws: The first error of `transform`; the others are cancelled and awaited.
    package func concurrentMap<Result: Sendable>(
        limit: Int, _ transform: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results = [Int: Result](minimumCapacity: count)
            var pending = enumerated().makeIterator()
            func startNext() {
                guard let (position, element) = pending.next() else { return }
                group.addTask { (position, try await transform(element)) }
            }
            for _ in 0..<Swift.max(1, limit) { startNext() }
            while let (position, result) = try await group.next() {
                results[position] = result
                startNext()
            }
            return results.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core

extension Store {
    /// Runs `body` while holding the store's build lock; prints a note after waiting for a second.
    ///
    /// - Throws: `FileError`, and what `body` throws.
    package func withBuildLock<Result>(
        progress: ProgressSink, _ body: () async throws -> Result
    ) async throws -> Result {
        let waiting = { (holder: Int32?) in
            let process = holder.map { "process \($0)" } ?? "another process"
            progress(.note("Waiting for \(process), which builds in the same store (\(root))."))
        }
        return try await withLock("build", waiting: waiting, body)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Build
import Context
import Core

/// Prepares a context and writes it as one tar archive.
package struct ContextOutput: Sendable {
    private let inputs: ImageInputs
    private let host: BuildHost
    private let request: ContextRequest

    /// Creates an output of the context of `request`.
    package init(inputs: ImageInputs, host: BuildHost, request: ContextRequest) {
        (self.inputs, self.host, self.request) = (inputs, host, request)
    }

    /// Writes the archive and returns its digest.
    ///
    /// - Throws: Errors of the stage context, `FileError`.
    package func write(to output: FileOrStandardOutput, progress: @escaping ProgressSink) async throws -> Digest {
        host.sources.noteIgnored(progress: progress)
        return try await host.store.withBuildLock(progress: progress) {
            let context = try await host.contextPreparer(lock: inputs.lock)
                .prepareForArchive(request, progress: progress)
            return try output.write { sink in
                try ContextArchive(store: host.store).write(context, lock: inputs.lock.serialized(), to: sink)
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core

extension RegistryRepository {
    /// Opens an upload and gives it up. Putting in what is there already would be answered without any right to write.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func checkIsWritable() async throws {
        let opening = UploadOpening(client: client, repository: repository, digest: Digest(of: [UInt8]()))
        let session = try await opening.begin()
        await opening.cancel(session)
    }
}

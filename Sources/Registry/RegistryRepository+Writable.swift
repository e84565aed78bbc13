// SPDX-License-Identifier: Apache-2.0

import Core

extension RegistryRepository {
    /// Opens an upload and cancels it. Pushing an existing blob would succeed without write access.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func checkIsWritable() async throws {
        let opening = UploadOpening(client: client, repository: repository, digest: Digest(of: [UInt8]()))
        let session = try await opening.begin()
        await opening.cancel(session)
    }
}

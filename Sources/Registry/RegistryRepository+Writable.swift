// SPDX-License-Identifier: Apache-2.0

import Core
import Transport

extension RegistryRepository {
    /// Opens an upload and gives it up. Putting in what is there already would be answered without any right to write.
    ///
    /// - Throws: `RegistryError`, `CancellationError`.
    package func checkIsWritable() async throws {
        let opening = UploadOpening(client: client, repository: repository, digest: Digest(of: [UInt8]()))
        let session = try await opening.begin()
        // The OCI distribution-spec has no word for giving up; where Docker's is not known either, uploads grow old and go.
        do { _ = try await client.send(HTTPRequest(.delete, session.url)) } catch is RegistryError {}
    }
}

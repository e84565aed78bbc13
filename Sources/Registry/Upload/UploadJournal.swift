// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage

/// Records a chunked upload, so that another process can resume it after a kill.
///
/// A file in the store's `tmp`, readable by its owner alone: the URL in it may grant write access.
struct UploadJournal: Sendable {
    private let file: FilePath

    /// The journal of a blob's upload to a repository.
    init(_ digest: Digest, origin: String, repository: String, in store: Store) {
        let key = Digest(of: Array("\(origin)\n\(repository)\n\(digest)".utf8))
        file = store.root.appending("tmp").appending("upload-\(key.hex).json")
    }

    /// The recorded session; `nil` when there is none, or it cannot be parsed.
    func load() -> UploadSession? {
        guard let bytes = try? Files.read(file, limit: 1 << 16), let document = try? JSONValue(parsing: bytes),
            let url = document["url"]?.string, RegistryURL.origin(url) != nil
        else { return nil }
        let least = document["leastPiece"]?.integer.flatMap { UInt64(exactly: $0) } ?? 0
        return UploadSession(url: url, leastPiece: min(least, 1 << 30))
    }

    /// - Throws: `FileError`.
    func save(_ session: UploadSession) throws {
        let document = JSONValue.object([
            "url": .string(session.url), "leastPiece": .integer(Int64(session.leastPiece)),
        ])
        try Files.write(document.canonical(), to: file, mode: [.ownerReadWrite])
    }

    /// Removes the record of a finished or failed upload.
    func remove() { try? Files.removeTree(file) }
}

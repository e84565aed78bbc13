// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import SystemPackage

/// The package files beside a definition.
package struct LocalPackages: Sendable {
    private let directory: FilePath
    private let store: Store

    /// The files below `directory`, the definition's, which are taken into `store`.
    package init(directory: FilePath, store: Store) {
        self.directory = directory
        self.store = store
    }

    /// Takes a file in, and gives its size. It is read even where the store has it: what builds here builds elsewhere.
    ///
    /// - Throws: `ContextError.missingLocalPackage`, `.changedLocalPackage`, `FileError`.
    @discardableResult
    package func take(_ path: String, _ digest: Digest) throws -> UInt64 {
        let file = directory.pushing(FilePath(path))
        guard Files.exists(file) else { throw ContextError.missingLocalPackage(file.string) }
        try Files.mustBeRegular(file)
        let writer = try BlobWriter(store: store)
        try FileCopier().copy(file, to: writer.write)
        let size = writer.size
        do { _ = try writer.commit(expecting: digest) } catch StoreError.digestMismatch(_, let actual) {
            throw ContextError.changedLocalPackage(file: file.string, expected: digest, actual: actual)
        }
        return size
    }
}

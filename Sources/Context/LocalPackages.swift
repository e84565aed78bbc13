// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import SystemPackage

/// The local package files of a definition.
package struct LocalPackages: Sendable {
    private let directory: FilePath
    private let store: Store

    /// Verifies a file below `directory` against its digest, without adding it to a store.
    ///
    /// - Throws: `ContextError.missingLocalPackage`, `.changedLocalPackage`, `FileError`.
    package static func verify(_ path: String, _ digest: Digest, in directory: FilePath) throws {
        let file = directory.pushing(FilePath(path))
        guard Files.exists(file) else { throw ContextError.missingLocalPackage(file.string) }
        try Files.mustBeRegular(file)
        var hasher = DigestHasher()
        try FileCopier().copy(file) { hasher.update($0) }
        let actual = hasher.finalize()
        if actual != digest {
            throw ContextError.changedLocalPackage(file: file.string, expected: digest, actual: actual)
        }
    }

    /// The files below `directory`, the definition's directory, which are added to `store`.
    package init(directory: FilePath, store: Store) {
        self.directory = directory
        self.store = store
    }

    /// Imports a file and returns its size. It is read even when the store has it, so that the result does not depend
    /// on an earlier import.
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

// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The repositories outside of a project that its user has confirmed, stored in the project's state, which no container
/// sees.
package struct KnownRepositories: Hashable, Sendable {
    private let file: FilePath

    /// The repositories of the project with that state.
    package init(_ state: StateDirectory) { file = state.path.appending("repositories") }

    /// Their identities: a directory with another name or identity must be confirmed again.
    package var identities: Set<FileIdentity> {
        guard let bytes = try? Files.read(file, limit: 1 << 16) else { return [] }
        return Set(String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap(Self.identity))
    }

    /// Adds a repository.
    ///
    /// - Throws: `FileError`.
    package func add(_ repository: OutsideRepository) throws {
        let old = (try? Files.read(file, limit: 1 << 16)) ?? []
        let line = "\(repository.identity.device):\(repository.identity.inode) \(repository.path)\n"
        try Files.write(old + Array(line.utf8), to: file)
    }

    private static func identity(_ line: Substring) -> FileIdentity? {
        let fields = line.split(separator: " ", maxSplits: 1)
        let numbers = fields.first?.split(separator: ":").compactMap { UInt64($0) } ?? []
        guard fields.count == 2, numbers.count == 2 else { return nil }
        let identity = FileIdentity(device: numbers[0], inode: numbers[1])
        return RealPath.identity(FilePath(String(fields[1]))) == identity ? identity : nil
    }
}

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
        let lines = ((try? Files.read(file, limit: 1 << 16)) ?? []).split(separator: UInt8(ascii: "\n"))
        return Set(lines.compactMap(RecordedDirectory.init(line:)).filter(\.isPresent).map(\.identity))
    }

    /// Adds a repository.
    ///
    /// - Throws: `RunError.changedMeanwhile`, `FileError`.
    package func add(_ repository: OutsideRepository) throws {
        let old = (try? Files.read(file, limit: 1 << 16)) ?? []
        guard let added = RecordedDirectory(at: repository.path), added.identity == repository.identity else {
            throw RunError.changedMeanwhile(repository.path)
        }
        try Files.write(old + added.line + [UInt8(ascii: "\n")], to: file)
    }
}

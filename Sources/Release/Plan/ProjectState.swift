// SPDX-License-Identifier: Apache-2.0

import Core
import ImageDefinition
import Lockfile
import SystemPackage

/// The files of a commit that determine an image or describe it.
package struct ProjectState: Sendable {
    /// The path of the lock in the repository.
    package static let lockPath = "versions.lock"
    /// The path of the definition in the repository.
    package static let definitionPath = "image/image.yaml"
    static let changelogPath = "CHANGELOG.md"
    static let securityPath = "SECURITY.md"

    /// The text of `image/image.yaml`.
    let definitionText: String
    /// The image's definition.
    package let definition: ImageDefinition
    /// The hardening profiles of its containers.
    package let hardening: HardeningDefinition
    /// The lock.
    package let lock: VersionsLock
    let changelog: [UInt8]
    let security: [UInt8]
    /// The source with the program's version; `nil` in a project with only an image.
    let program: ProgramSource?

    /// Reads the files of a commit that were written below `directory`.
    ///
    /// - Throws: `DefinitionError`, `LockError`, `FileError`.
    package init(below directory: FilePath) throws {
        definitionText = try ImageDefinition.text(directory.pushing(FilePath(Self.definitionPath)))
        definition = try ImageDefinition(parsing: definitionText, file: Self.definitionPath)
        hardening = try HardeningDefinition.load(directory.appending("image"), probes: .any)
        lock = try VersionsLock.load(directory.appending(Self.lockPath), named: Self.lockPath)
        changelog = try Files.read(directory.appending(Self.changelogPath), limit: 1 << 23)
        security = try Files.read(directory.appending(Self.securityPath), limit: 1 << 22)
        let source = directory.pushing(FilePath(ProgramSource.path))
        program = Files.exists(source) ? ProgramSource(try Files.read(source, limit: 1 << 20)) : nil
    }

    /// The version in the definition.
    func version() throws -> SemanticVersion { try SemanticVersion(definition.version) }
}

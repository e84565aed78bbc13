// SPDX-License-Identifier: Apache-2.0

import Attestation
import Core
import ImageDefinition
import Lockfile
import OCI
import SystemPackage

/// The two files that decide an image, read and checked to match.
package struct ImageInputs: Sendable {
    /// The directory of `image.yaml`.
    package let directory: FilePath
    /// The definition.
    package let definition: ImageDefinition
    /// The lock.
    package let lock: VersionsLock
    /// The name of images that are built here.
    package var localName: LocalImageName

    /// Reads both files.
    ///
    /// - Throws: `ImageBuildingError.missingImageDirectory`, `.missingLock`; `.staleLock` when the lock was made from
    ///   another definition, `.incompleteLock` when it was edited by hand; errors of parsing.
    package init(directory: FilePath, lockFile: FilePath) throws {
        guard Files.exists(directory.appending("image.yaml")) else {
            throw ImageBuildingError.missingImageDirectory(directory.string)
        }
        let definition = try ImageDefinition.load(directory.appending("image.yaml"))
        guard Files.exists(lockFile) else { throw ImageBuildingError.missingLock(lockFile.string) }
        let lock = try VersionsLock.load(lockFile)
        try self.init(directory: directory, definition: definition, lock: lock, lockFile: lockFile.string)
    }

    /// Combines the two parsed files.
    ///
    /// - Parameter lockFile: The name of the lock in errors.
    /// - Throws: `ImageBuildingError.staleLock`, `.incompleteLock`.
    package init(directory: FilePath, definition: ImageDefinition, lock: VersionsLock, lockFile: String) throws {
        guard lock.inputs == definition.inputsDigest else { throw ImageBuildingError.staleLock(lockFile) }
        if let reason = lock.lack(of: definition) {
            throw ImageBuildingError.incompleteLock(lockFile, reason: reason)
        }
        self.directory = directory
        self.definition = definition
        self.lock = lock
        localName = LocalImageName(of: definition, in: directory, stock: nil)
    }

    /// The default name and tag of the image.
    package func tag(base: Bool) -> String { localName.tag(base: base) }

    /// The label of images of these inputs.
    ///
    /// - Throws: `FileError`.
    package func label(platform: Platform, includesPrograms: Bool) throws -> String {
        try DefinitionContents.inputs(
            of: directory, lock: Digest(of: lock.serialized()), platform: platform, includesPrograms: includesPrograms)
    }

    private var origins: [String: ProgramFacts] {
        definition.programs.reduce(into: [:]) { facts, program in
            let origin = program.origin
            facts[program.name] = ProgramFacts(license: origin.license, homepage: origin.homepage, cpe: origin.cpe)
        }
    }

    /// The image as the subject of attestations.
    package func attested(
        platform: Platform, includesPrograms: Bool, manifest: Digest? = nil, repository: String? = nil
    ) -> AttestedImage {
        AttestedImage(
            name: definition.name, version: definition.version, platform: platform, lock: lock,
            includesPrograms: includesPrograms, origins: origins, vendor: definition.vendor,
            homepage: definition.source, manifest: manifest, repository: repository)
    }
}

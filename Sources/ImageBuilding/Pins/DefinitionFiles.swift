// SPDX-License-Identifier: Apache-2.0

import Context
import Core
import Debian
import ImageDefinition
import Resolve
import SystemPackage

/// The files beside a definition that resolving needs: repository keys and package files.
package struct DefinitionFiles: Sendable {
    private let directory: FilePath

    /// The files below the directory of `image.yaml`.
    package init(directory: FilePath) { self.directory = directory }

    /// The definition's repositories with their trusted keys.
    ///
    /// - Throws: `DebianError.malformedKey`, `FileError` for an unreadable key.
    package func repositories(of definition: ImageDefinition) throws -> [ArchiveSource] {
        try definition.repositories.map { repository in
            var archive = ArchiveSource(
                suite: repository.suite, base: repository.name, addresses: [repository.uri])
            archive.repository = RepositoryTerms(
                components: repository.components, keyring: try keyring(repository.key),
                preferred: Set(try repository.packages.map { try PackageName($0) }))
            return archive
        }
    }

    private func keyring(_ key: RepositoryKey) throws -> [UInt8] {
        switch key {
        case .armoured(let text): return try OpenPGPKeyring.binary(Array(text.utf8), file: "image.yaml")
        case .file(let path):
            let file = directory.pushing(FilePath(path))
            return try OpenPGPKeyring.binary(Files.read(file, limit: OpenPGPKeyring.limit), file: file.string)
        }
    }

    /// Imports the definition's package files into `store`.
    ///
    /// - Throws: `ContextError.missingLocalPackage`, `.changedLocalPackage`; `ResolveError` for a file that is not a
    ///   package, has another architecture than the definition's, or has a package that the definition already has or
    ///   excludes.
    package func packages(of definition: ImageDefinition, into store: Store) throws -> [LocalPackageFile] {
        let local = LocalPackages(directory: directory, store: store)
        let files = try definition.localPackages.map { package in
            let size = try local.take(package.file, package.sha256)
            let file = try LocalPackageFile(path: package.file, digest: package.sha256, size: size, in: store)
            guard file.architecture == "all" || definition.architectures.contains(file.architecture) else {
                throw ResolveError.strangeArchitecture(package.file, architecture: file.architecture)
            }
            if definition.exclusions.contains(where: { $0.name == file.name.text }) {
                throw ResolveError.excludedFile(package.file, name: file.name.text)
            }
            if let version = definition.packageRequests.first(where: { $0.name == file.name.text })?.version {
                throw ResolveError.pinnedFile(package.file, name: file.name.text, version: version)
            }
            return file
        }
        try LocalPackageFile.refuseDuplicates(files)
        return files
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry

/// Pushes one image to several places.
package struct Pushing: Sendable {
    private let source: LayoutRepository
    private let name: ManifestName
    private let store: Store
    private let settings: RegistrySettings

    /// Pushes the image `name` of `source`.
    package init(source: LayoutRepository, name: ManifestName, store: Store, settings: RegistrySettings) {
        self.source = source
        self.name = name
        self.store = store
        self.settings = settings
    }

    /// Checks that these are names for a push.
    ///
    /// - Throws: `RegistryError.noRegistry`, `OCIError.digestInName`.
    package static func check(_ references: [ImageReference]) throws {
        for reference in references {
            guard reference.registry != nil else { throw RegistryError.noRegistry(reference.description) }
            if reference.digest != nil { throw OCIError.digestInName(reference.description) }
        }
    }

    /// Pushes to each repository once, with all its tags; a name without a tag is `latest`. Further repositories of a
    /// registry mount the blobs from the first one.
    ///
    /// - Throws: `RegistryError`, `OCIError`, `FileError`, `CancellationError`.
    package func run(to references: [ImageReference], progress: @escaping ProgressSink) async throws -> CopyReport {
        try Self.check(references)
        var report = CopyReport()
        var done: [ImageReference] = []
        for reference in references where !done.contains(where: { $0.isInRepository(of: reference) }) {
            let mountSources = done.filter { $0.registry == reference.registry }.map(\.repository)
            let target = try await RegistryRepository.connect(
                to: reference, for: .writing(mountSources: mountSources), settings: settings)
            let tags = references.filter { $0.isInRepository(of: reference) }.map { $0.tag ?? "latest" }
            let copy = RepositoryCopy(from: source, to: target, through: store)
            let copied = try await copy.run(name, tags: tags, attachments: true, progress: progress)
            if copied.blobs == 0 { progress(.note(copied.nothingSent(to: target.name))) }
            report.add(copied, to: target.name, tags: tags)
            done.append(reference)
        }
        return report
    }
}

extension ImageReference {
    fileprivate func isInRepository(of other: ImageReference) -> Bool {
        registry == other.registry && repository == other.repository
    }
}

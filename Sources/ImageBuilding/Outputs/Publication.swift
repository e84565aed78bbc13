// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import Engine
import OCI
import Registry
import SystemPackage

/// Tags built images, one for each platform and compression, in the store, and writes them to the other outputs.
package struct Publication: Sendable {
    private let store: Store
    private let tags: [String]
    /// The names in the store; `tags` are among them.
    private let storeTags: [String]
    private let destinations: [OutputDestination]
    private let epoch: Int64

    /// Creates a publication.
    ///
    /// - Parameters:
    ///   - storeTags: The names in the store, if there are more than `tags`.
    ///   - epoch: The time of archives, in seconds since 1970.
    package init(
        store: Store, tags: [String], storeTags: [String]? = nil, destinations: [OutputDestination] = [], epoch: Int64
    ) {
        self.store = store
        self.tags = tags
        self.storeTags = storeTags ?? tags
        self.destinations = destinations
        self.epoch = epoch
    }

    /// Refuses impossible outputs before anything is built.
    ///
    /// - Throws: `ImageBuildingError.severalPlatforms`; `OCIError` for an invalid tag; `OutputError`, `FileError`.
    func check(platforms: [Platform], loads: Bool) throws {
        _ = try references()
        for destination in destinations { try destination.checkPath() }
        let archive = destinations.contains { if case .dockerArchive = $0 { true } else { false } }
        guard archive || loads, Set(platforms).count > 1, !platforms.contains(.machine) else { return }
        throw ImageBuildingError.severalPlatforms("An archive for `docker load`")
    }

    /// Publishes the images and returns the digest of the image, or of the index of all.
    ///
    /// - Throws: `OCIError` for an invalid tag, `FileError`.
    package func publish(_ images: [Image], progress: ProgressSink) throws -> Digest {
        let references = try references()
        let names = references.map(\.description)
        let storeNames = try storeTags.map { try ImageReference($0).description }
        let digest = try ImageLayout(root: store.imagesDirectory).publish(images, tags: storeNames, from: store)
        for destination in destinations {
            switch destination {
            case .layout(let directory):
                try whole(directory) { try ImageLayout(root: directory).publish(images, tags: names, from: store) }
            case .dockerArchive(let file):
                let image = try loadable(images, progress)
                try whole(file) { try writeArchive(image, archiveNames(references), to: file) }
            }
        }
        return digest
    }

    /// Writes an output; when that fails, a new one is removed.
    ///
    /// - Throws: `ImageBuildingError.fullOutput`, and what `body` throws.
    private func whole<Result>(_ output: FilePath, _ body: () throws -> Result) throws {
        let isNew = !Files.exists(output)
        do { _ = try body() } catch {
            if isNew, Files.exists(output) { try? Files.removeTree(output) }
            guard let full = error as? FileError, [.noSpace, .diskQuotaExceeded].contains(full.errno) else {
                throw error
            }
            throw ImageBuildingError.fullOutput(output.string)
        }
    }

    /// Loads the image for this machine into Docker, or into Podman when there is no Docker.
    ///
    /// - Parameter environment: The environment of the engine's program.
    /// - Throws: `EngineError`.
    package func load(_ images: [Image], _ environment: [String: String], progress: ProgressSink) async throws {
        let found = try await EngineChooser(environment: environment).find(nil, .loading)
        guard let dialect = found.kind.dialect else { return }
        let engine = try await CommandLineEngine.find(dialect, environment: environment)
        let image = try loadable(images, progress)
        progress(.began(step: "load", total: nil, unit: .items))
        try await ImageLoading(store: store, image: image, references: archiveNames(references()), epoch: epoch)
            .load(into: engine)
        progress(.ended(step: "load", summary: "\(tags.joined(separator: ", ")) in \(engine.dialect.program)"))
    }

    /// Archives and engines hold one image under a name: of several, the one for this machine, gzip before zstd.
    private func loadable(_ images: [Image], _ progress: ProgressSink) throws -> Image {
        if Set(images.map(\.platform)).count == 1, let first = images.first { return first }
        guard let own = images.first(where: { $0.platform == .machine }) else {
            throw ImageBuildingError.severalPlatforms("An archive for `docker load`")
        }
        progress(.note("An archive for `docker load` holds one platform: \(own.platform)."))
        return own
    }

    private func references() throws -> [ImageReference] { try tags.map { try ImageReference($0) } }

    /// Pushes the image to the registries of its names.
    ///
    /// - Throws: `RegistryError`, `OCIError`, `FileError`, `CancellationError`.
    func push(_ settings: RegistrySettings, progress: @escaping ProgressSink) async throws {
        let references = try references()
        guard let first = references.first else { return }
        let layout = LayoutRepository(root: store.imagesDirectory, name: first.description)
        _ = try await Pushing(source: layout, name: .tag(first.description), store: store, settings: settings)
            .run(to: references, progress: progress)
    }

    /// An engine computes digests itself: digests are removed from the names, and a name without a tag is left out.
    private func archiveNames(_ references: [ImageReference]) throws -> [ImageReference] {
        try references.compactMap { reference in
            guard reference.digest != nil else { return reference }
            return try reference.tag.map {
                try ImageReference(registry: reference.registry, repository: reference.repository, tag: $0)
            }
        }
    }

    private func writeArchive(_ image: Image, _ references: [ImageReference], to path: FilePath) throws {
        _ = try FileOrStandardOutput(path.string).write { sink in
            // No OCI layout is added: Podman would then lose the health check.
            try DockerArchive.write(
                image, references: references, from: store, created: epoch, isLayout: false, to: sink)
        }
    }
}

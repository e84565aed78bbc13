// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import Engine
import ImageDefinition
import OCI
import SystemPackage

/// The image to start: locally built or pulled.
package struct LocalImage: Sendable {
    /// The image, with the directories of its layers for the embedded engine.
    package let built: BuiltImage
    /// Its name.
    package let tag: String
    let store: Store

    /// An image whose blobs are in `store`.
    init(built: BuiltImage, tag: String, store: Store) {
        self.built = built
        self.tag = tag
        self.store = store
    }

    /// The image of this program's version; the one without the agent if it was requested, or if only that exists.
    ///
    /// - Throws: `BuildError.unknownImage`, `OCIError`.
    init(_ definition: ImageDefinition, _ request: ImageRequest, store: Store) throws {
        let full = "\(definition.name):\(definition.version)"
        let tags = request.isBase ? ["\(full)-base"] : [full, "\(full)-base"]
        self.store = store
        for tag in tags {
            guard let built = try store.builtImage(tag, for: request.platform) else { continue }
            self.built = built
            self.tag = tag
            return
        }
        throw BuildError.unknownImage(tags[0])
    }

    var isBase: Bool { tag.hasSuffix("-base") }

    var execution: ImageConfiguration.Execution { built.image.configuration.config }

    /// The image's ID in an engine, or its future ID when it is not loaded yet.
    ///
    /// - Throws: `EngineError`.
    func expectedIdentifier(in dialect: CommandLineDialect, environment: [String: String]) async throws -> String {
        let engine = try await CommandLineEngine.find(dialect, environment: environment)
        return try await loaded(in: engine) ?? "\(built.image.manifest.config.digest)"
    }

    /// The image's ID in an engine, after loading it if necessary.
    ///
    /// The result is recorded, so that the next start needs no query.
    ///
    /// - Parameter place: The engine's address, which identifies it.
    /// - Throws: `EngineError`, `OCIError`, `FileError`.
    func identifier(
        in dialect: CommandLineDialect, place: String, environment: [String: String], forgetting: Bool = false,
        say: (String) -> Void
    ) async throws -> String {
        let key = Digest(of: Array("\(dialect.rawValue)\n\(place)\n\(built.image.descriptor.digest)".utf8))
        let note = store.root.appending("run").appending("loaded-\(key.hex.prefix(24))")
        if !forgetting, let known = try? Files.read(note, limit: 256) { return String(decoding: known, as: UTF8.self) }
        let engine = try await CommandLineEngine.find(dialect, environment: environment)
        var found = try await known(to: engine)
        if found == nil {
            say("Loading the image into \(dialect.program), once.")
            try await load(into: engine)
            if (try? await engine.information())?.isCopyingImages == true {
                say("\(dialect.program): \(EngineInformation.copyingImages).")
            }
            found = try await loaded(in: engine)
        }
        guard let found else {
            throw EngineError.engineFailed(engine.kind, "it does not have the image after loading it")
        }
        try Files.makeDirectories(store.root.appending("run"))
        try Files.write(Array(found.utf8), to: note)
        return found
    }

    /// Engines identify an image by the digest of its configuration; Docker with containerd by that of its manifest.
    private func known(to engine: CommandLineEngine) async throws -> String? {
        for digest in [built.image.manifest.config.digest, built.image.descriptor.digest] {
            if let id = try await engine.image("\(digest)") { return id }
        }
        return nil
    }

    /// An image with zstd layers has another manifest after loading.
    private func loaded(in engine: CommandLineEngine) async throws -> String? {
        if let id = try await known(to: engine) { return id }
        return try await engine.image("\(DockerArchive.manifest(of: built.image, from: store))")
    }

    /// Unlike `ImageLoading`, Podman gets an OCI layout: it ignores the health check in that, which it would otherwise
    /// start through systemd with every run, and report an error on a machine without systemd.
    private func load(into engine: CommandLineEngine) async throws {
        let (image, store, reference) = (built.image, store, try ImageReference(tag))
        try await engine.load { write in
            try withoutActuallyEscaping(write) { write in
                try DockerArchive.write(image, references: [reference], from: store, created: 0, to: write)
            }
        }
    }
}

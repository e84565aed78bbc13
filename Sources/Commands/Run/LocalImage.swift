// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import Engine
import ImageDefinition
import OCI
import SystemPackage

/// The image that is started: one that was built here, or one that was pulled.
struct LocalImage: Sendable {
    let built: BuiltImage
    let tag: String
    let store: Store

    /// An image whose blobs are in `store`.
    init(built: BuiltImage, tag: String, store: Store) {
        self.built = built
        self.tag = tag
        self.store = store
    }

    /// The image of this program's version; the one without the agent when that was asked for, or when only that is
    /// there.
    ///
    /// - Throws: `CommandError.unknownImage`, `OCIError`.
    init(_ definition: ImageDefinition, base: Bool, platform: Platform, store: Store) throws {
        let full = "\(definition.name):\(definition.version)"
        let tags = base ? ["\(full)-base"] : [full, "\(full)-base"]
        self.store = store
        for tag in tags {
            guard let built = try store.builtImage(tag, for: platform) else { continue }
            self.built = built
            self.tag = tag
            return
        }
        throw CommandError.unknownImage(tags[0])
    }

    var isBase: Bool { tag.hasSuffix("-base") }

    var execution: ImageConfiguration.Execution { built.image.configuration.config }

    /// The image's id in an engine, or what it will be there when it is loaded.
    ///
    /// - Throws: `EngineError`.
    func expectedIdentifier(in dialect: CommandLineDialect, environment: [String: String]) async throws -> String {
        let engine = try await CommandLineEngine.find(dialect, environment: environment)
        return try await loaded(in: engine) ?? "\(built.image.manifest.config.digest)"
    }

    /// The image's id in an engine, where it is loaded when it is not there yet.
    ///
    /// What was found is written down, so that the next start asks nothing.
    ///
    /// - Parameter place: What tells this engine from others: its address.
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
            found = try await loaded(in: engine)
        }
        guard let found else {
            throw EngineError.engineFailed(engine.kind, "it does not have the image after loading it")
        }
        try Files.makeDirectories(store.root.appending("run"))
        try Files.write(Array(found.utf8), to: note)
        return found
    }

    /// Engines call an image by the digest of its configuration; Docker on top of containerd by that of its manifest.
    private func known(to engine: CommandLineEngine) async throws -> String? {
        for digest in [built.image.manifest.config.digest, built.image.descriptor.digest] {
            if let id = try await engine.image("\(digest)") { return id }
        }
        return nil
    }

    /// What was loaded has another manifest than the image where that has zstd layers.
    private func loaded(in engine: CommandLineEngine) async throws -> String? {
        if let id = try await known(to: engine) { return id }
        return try await engine.image("\(DockerArchive.manifest(of: built.image, from: store))")
    }

    /// Unlike `ImageLoading`, with an OCI layout for Podman too: from that it takes no health check, which it would
    /// start by systemd with every run, and complain in the user's terminal where there is none.
    private func load(into engine: CommandLineEngine) async throws {
        let (image, store, reference) = (built.image, store, try ImageReference(tag))
        try await engine.load { write in
            try withoutActuallyEscaping(write) { write in
                try DockerArchive.write(image, references: [reference], from: store, created: 0, to: write)
            }
        }
    }
}

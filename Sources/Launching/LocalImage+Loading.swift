// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import OCI
import SystemPackage

extension LocalImage {
    /// The image's ID in an engine, or its future ID when it is not loaded yet.
    ///
    /// - Throws: `EngineError`.
    func expectedIdentifier(in dialect: CommandLineDialect, environment: [String: String]) async throws -> String {
        switch origin {
        case .engine(let name, _): return name
        case .store(let built):
            let engine = try await CommandLineEngine.find(dialect, environment: environment)
            return try await loaded(built.image, in: engine) ?? "\(built.image.manifest.config.digest)"
        }
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
        let image: Image
        switch origin {
        case .engine(let name, _): return name
        case .store(let built): image = built.image
        }
        let key = Digest(of: Array("\(dialect.rawValue)\n\(place)\n\(image.descriptor.digest)".utf8))
        let note = store.root.appending("run").appending("loaded-\(key.hex.prefix(24))")
        if !forgetting, let known = try? Files.read(note, limit: 256) { return String(decoding: known, as: UTF8.self) }
        let engine = try await CommandLineEngine.find(dialect, environment: environment)
        var found = try await known(image, to: engine)
        if found == nil {
            let about = try? await engine.information()
            if about?.lacksUsers == true { throw SubordinateIDs.lack }
            say("Loading the image into \(dialect.program), once.")
            if about?.isCopyingImages == true { say("\(dialect.program): \(EngineInformation.copyingImages).") }
            try await load(image, into: engine)
            found = try await loaded(image, in: engine)
        }
        guard let found else {
            throw EngineError.engineFailed(engine.kind, "it does not have the image after loading it")
        }
        try Files.makeDirectories(store.root.appending("run"))
        try Files.write(Array(found.utf8), to: note)
        return found
    }

    /// Engines identify an image by the digest of its configuration; Docker with containerd by that of its manifest.
    private func known(_ image: Image, to engine: CommandLineEngine) async throws -> String? {
        for digest in [image.manifest.config.digest, image.descriptor.digest] {
            if let id = try await engine.image("\(digest)") { return id }
        }
        return nil
    }

    /// An image with zstd layers has another manifest after loading.
    private func loaded(_ image: Image, in engine: CommandLineEngine) async throws -> String? {
        if let id = try await known(image, to: engine) { return id }
        return try await engine.image("\(DockerArchive.manifest(of: image, from: store))")
    }

    /// Unlike `ImageLoading`, Podman gets an OCI layout: it ignores the health check in that, which it would otherwise
    /// start through systemd with every run, and report an error on a machine without systemd.
    private func load(_ image: Image, into engine: CommandLineEngine) async throws {
        let name = isCustom ? "opencode-docker-user:\(image.digest.hex.prefix(12))" : tag
        let (store, reference) = (store, try ImageReference(name))
        try await engine.load { write in
            try withoutActuallyEscaping(write) { write in
                try DockerArchive.write(image, references: [reference], from: store, created: 0, to: write)
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import Engine
import OCI
import SystemPackage

/// A custom image, as the caller named it.
struct UserImage: Sendable {
    /// Where a custom image is.
    private enum Place {
        /// The engine that starts it.
        case own(String)
        /// `docker-daemon:NAME` and `containers-storage:NAME`.
        case engine(CommandLineDialect, String)
        /// A directory or an archive.
        case file(ImageFile)
    }

    private let text: String
    private let place: Place
    private let platform: Platform
    private let store: Store
    private let environment: [String: String]

    /// The image that the caller named `text`.
    ///
    /// - Parameter environment: The environment of engines' programs.
    init(_ text: String, platform: Platform, store: Store, environment: [String: String]) {
        self.text = text
        (self.platform, self.store, self.environment) = (platform, store, environment)
        let prefixes = [("docker-daemon:", CommandLineDialect.docker), ("containers-storage:", .podman)]
        if let file = ImageFile(text) {
            place = .file(file)
        } else if let (prefix, dialect) = prefixes.first(where: { text.hasPrefix($0.0) && text != $0.0 }) {
            place = .engine(dialect, String(text.dropFirst(prefix.count)))
        } else {
            place = .own(text)
        }
    }

    /// The image for an engine: of its own storage, or imported into the store.
    ///
    /// - Parameters:
    ///   - entrypoint: The program that gives the user the caller's UID, which an imported image must start.
    ///   - say: Shows a remark.
    /// - Throws: `LaunchError`, `EngineError`, `OCIError`, `ArchiveError`, `FileError`.
    func local(
        for kind: EngineKind, entrypoint: String, say: @escaping @Sendable (String) -> Void
    ) async throws -> LocalImage {
        var local: LocalImage
        switch (place, kind.dialect) {
        case (.own(let name), let dialect?): local = try await engineImage(name, dialect)
        case (.engine(let dialect, let name), let own?) where own == dialect:
            local = try await engineImage(name, dialect)
        case (.own, nil): throw LaunchError.customImage(text)
        default:
            try store.holdUntilExit()
            let image = try await imported(say)
            guard image.configuration.config.entrypoint.contains(entrypoint) else {
                throw LaunchError.foreignImage(text, entrypoint: entrypoint)
            }
            let trees = kind == .embedded ? try await PulledLayers(store: store).trees(of: image) : []
            local = LocalImage(.store(BuiltImage(image: image, trees: trees)), tag: text, store: store)
        }
        local.isCustom = true
        return local
    }

    private func engineImage(_ name: String, _ dialect: CommandLineDialect) async throws -> LocalImage {
        let engine = try await CommandLineEngine.find(dialect, environment: environment)
        guard try await engine.image(name) != nil else { throw LaunchError.unknownImage(name, dialect.program) }
        return LocalImage(.engine(name, try await engine.execution(of: name)), tag: name, store: store)
    }

    private func imported(_ say: @escaping @Sendable (String) -> Void) async throws -> Image {
        let text = text
        let importing = ImageImport(into: store, platform: platform) { say("Importing '\(text)', once.") }
        switch place {
        case .file(.layout(let directory, let tag)):
            return try importing.image(in: ImageLayout(root: directory), tag: tag)
        case .file(.archive(let file)):
            return try await importing.image(inArchive: file.string, key: nil) { file }
        case .engine(let dialect, let name): return try await saved(name, by: dialect, importing)
        case .own: throw LaunchError.customImage(text)
        }
    }

    /// Another engine's image, which is saved when it is new.
    private func saved(_ name: String, by dialect: CommandLineDialect, _ importing: ImageImport) async throws -> Image {
        let engine = try await CommandLineEngine.find(dialect, environment: environment)
        guard let id = try await engine.image(name) else { throw LaunchError.unknownImage(name, dialect.program) }
        let file = store.temporaryPath()
        defer { try? Files.removeTree(file) }
        return try await importing.image(inArchive: text, key: Digest(of: "\(dialect.rawValue)\n\(id)".utf8)) {
            try await engine.save(dialect == .podman ? String(id.dropFirst("sha256:".count)) : id, to: file)
            return file
        }
    }
}

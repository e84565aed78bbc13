// SPDX-License-Identifier: Apache-2.0

import Build
import Core
import Engine
import Glibc
import OCI
import SystemPackage
import Trust

extension LocalImage {
    /// The image of the first repository in the trust file, verified, and pulled by digest when it is not local. `nil`
    /// when there is no trust file, or the options choose another image.
    ///
    /// - Throws: `TrustError`, `RegistryError`, `OCIError`, `ArchiveError`, `FileError`; nothing may be started then.
    static func published(_ options: LaunchOptions, engine: EngineKind, _ environment: CommandEnvironment) async throws
        -> LocalImage?
    {
        let start = options.start
        guard start.userImage == nil, !start.base, let file = try options.trust.file(environment),
            let trusted = file.repositories.first
        else { return nil }
        let store = try Store(root: environment.storeDirectory)
        try store.holdUntilExit()
        let platform = try start.chosenPlatform()
        let reference = try ImageReference("\(trusted.name):\(trusted.tag)")
        let pull = VerifiedPull(
            verifier: options.trust.verifier(of: trusted, for: platform, environment), store: store,
            platform: platform, settings: options.registries.settings(environment))
        let console = try ConsoleOptions.parse(start.quiet ? ["--quiet"] : [])
        let (_, image) = try await console.withProgress(environment: environment.variables) { progress in
            try await pull.image(reference, progress: progress)
        }
        let trees = engine == .embedded ? try await PulledLayers(store: store).trees(of: image) : []
        return LocalImage(built: BuiltImage(image: image, trees: trees), tag: reference.description, store: store)
    }
}

/// The layers of pulled images as directories, for the embedded engine. They are stored beside the layers of builds,
/// each once, and `clean` removes both kinds.
struct PulledLayers {
    let store: Store

    /// The directories, lowest first.
    ///
    /// - Throws: `ArchiveError`, `FileError`.
    func trees(of image: Image) async throws -> [FilePath] {
        var trees: [FilePath] = []
        for layer in image.layers {
            let directory = store.root.appending("layers").appending(layer.descriptor.digest.hex)
            let tree = directory.appending("tree")
            try await store.withLock("unpack-\(layer.descriptor.digest.hex.prefix(16))") {
                if !Files.exists(tree) { try unpack(layer, into: directory) }
            }
            Files.touch(directory)
            trees.append(tree)
        }
        return trees
    }

    /// Unpacks into a temporary directory and renames it, so that an existing directory is complete.
    private func unpack(_ layer: Layer, into directory: FilePath) throws {
        let temporary = store.temporaryPath()
        defer { try? Files.removeTree(temporary) }
        try Files.makeDirectories(temporary)
        try LayerUnpacker.unpack(
            store.path(of: layer.descriptor.digest), into: temporary.appending("tree"), setsOwners: geteuid() == 0)
        try Files.makeDirectories(directory.removingLastComponent())
        try Files.removeTree(directory)
        try mapErrno("rename", directory) {
            guard rename(temporary.string, directory.string) == 0 else { throw Errno(rawValue: errno) }
        }
    }
}

extension StartOptions {
    /// The platform of the option, or this machine's.
    ///
    /// - Throws: `OCIError.unknownPlatform`.
    func chosenPlatform() throws -> Platform { try platform.map { try Platform($0) } ?? .machine }
}

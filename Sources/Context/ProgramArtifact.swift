// SPDX-License-Identifier: Apache-2.0

import Assembly
import Core
import ImageDefinition
import Lockfile
import OCI
import SystemPackage
import Transport

/// The release file of a program for one platform.
package struct ProgramArtifact: Sendable {
    /// The program.
    package let program: ProgramDefinition
    private let artifact: LockedArtifact

    /// Creates the release `artifact` of `program`.
    package init(_ program: ProgramDefinition, _ artifact: LockedArtifact) {
        self.program = program
        self.artifact = artifact
    }

    /// Selects the release of `program` for the platform of `request` in its lock.
    ///
    /// - Throws: `ContextError.missingProgram`.
    init(_ program: ProgramDefinition, of request: ContextRequest) throws {
        let platform = request.platform.description
        guard let found = request.lock.artifacts.first(where: { $0.name == program.name && $0.platform == platform })
        else { throw ContextError.missingProgram(name: program.name, platform: platform) }
        self.init(program, found)
    }

    var download: Download {
        Download(
            name: "\(artifact.name) \(artifact.version)", urls: [artifact.url], digest: artifact.sha256,
            size: artifact.size)
    }

    /// Imports a local file instead of downloading.
    ///
    /// - Throws: `ContextError.wrongProgram` when its digest is not the locked one.
    func takeIn(_ file: FilePath, store: Store) throws {
        let writer = try BlobWriter(store: store)
        try FileCopier().copy(file, to: writer.write)
        do { _ = try writer.commit(expecting: artifact.sha256) } catch StoreError.digestMismatch(_, let actual) {
            throw ContextError.wrongProgram(file: file.string, expected: artifact.sha256, actual: actual)
        }
    }

    /// The layer with the program, from the cache of `store` or unpacked into it. It has the times of the release, not
    /// of the lock: it is big, and a new lock must not change its layer.
    ///
    /// - Parameter setsOwners: Whether to set the owners of files, which requires root (at least in a user namespace).
    /// - Throws: `ContextError` for a release that does not fit the definition, `FileError`.
    package func layer(in store: Store, setsOwners: Bool = true) throws -> CachedLayer {
        let (name, key) = (program.layerName, self.key)
        if let cached = CachedLayer.cached(name: name, key: key, in: store) { return cached }
        let directory = try CachedLayer.emptyDirectory(key: key, in: store)
        var unpacker = try ProgramUnpacker(
            program, release: store.path(of: artifact.sha256), url: artifact.url, tree: directory.appending("tree"),
            setsOwners: setsOwners)
        let entries = try LayerEntries(merging: [unpacker.unpack()])
        return try CachedLayer.finish(
            name: name, key: key, directory: directory, packages: [], entries: entries, setsOwners: setsOwners)
    }

    /// The blob of the layer when it was built and packed before; else its size is that of the release in `store`.
    package func estimate(in store: Store) -> (blob: Descriptor?, releaseBytes: UInt64) {
        if let layer = CachedLayer.cached(name: program.layerName, key: key, in: store),
            case .packed(let packed) = layer.contents
        {
            return (packed.first?.descriptor, 0)
        }
        let release = try? Files.status(of: store.path(of: artifact.sha256))
        return (nil, release.map { UInt64($0.st_size) } ?? artifact.size ?? 0)
    }

    private var key: Digest {
        let parts = [
            "program", AssemblyVersion.key, artifact.sha256.hex, artifact.version, program.name, "\(program.isAgent)",
            program.copyright ?? "",
        ]
        return Digest(of: (parts + program.layout).joined(separator: "\n").utf8)
    }
}

extension ProgramDefinition {
    /// The name of the layer; that of the agent is the one of images without other programs.
    package var layerName: String { isAgent ? "agent" : "program-\(name)" }

    /// What decides the files of the layer beside the release.
    fileprivate var layout: [String] {
        let kind = if case .file(let date) = form { "file \(date)" } else { "tar" }
        switch placement {
        case .file(let path, let mode): return [kind, path, "\(mode)"]
        case .tree(let directory, let strip, let links): return [kind, directory, "\(strip)"] + links
        }
    }
}

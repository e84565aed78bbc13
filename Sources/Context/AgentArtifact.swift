// SPDX-License-Identifier: Apache-2.0

import Archive
import Assembly
import Core
import Lockfile
import SystemPackage
import Transport

/// The release archive of the coding agent: one program in a compressed tar.
struct AgentArtifact {
    private let artifact: LockedArtifact
    private let programName: String
    private let target: String
    private let mode: UInt16

    /// Selects the coding agent of the request's lock for its platform.
    ///
    /// - Throws: `ContextError.missingAgent`.
    init(request: ContextRequest) throws {
        let agent = request.definition.agent
        let platform = request.platform.description
        guard let found = request.lock.artifacts.first(where: { $0.name == agent.name && $0.platform == platform })
        else { throw ContextError.missingAgent(name: agent.name, platform: platform) }
        artifact = found
        programName = agent.name
        target = String(agent.path.drop { $0 == "/" })
        mode = agent.mode
    }

    var download: Download {
        Download(
            name: "\(artifact.name) \(artifact.version)", urls: [artifact.url], digest: artifact.sha256,
            size: artifact.size)
    }

    /// Imports a local file instead of downloading.
    ///
    /// - Throws: `ContextError.wrongAgent` when its digest is not the locked one.
    func takeIn(_ file: FilePath, store: Store) throws {
        let writer = try BlobWriter(store: store)
        try FileCopier().copy(file, to: writer.write)
        do { _ = try writer.commit(expecting: artifact.sha256) } catch StoreError.digestMismatch(_, let actual) {
            throw ContextError.wrongAgent(file: file.string, expected: artifact.sha256, actual: actual)
        }
    }

    /// The layer with the program. It has the time of the release, not of the lock: it is big, and a new lock must not
    /// change its layer.
    ///
    /// - Throws: `ContextError.agentNotInside`, `ArchiveError` when the download is not an archive.
    func overlay(from store: Store) throws -> Overlay {
        let program = try extract(from: store)
        let entry = ArchiveEntry(
            path: try ArchivePath(target), kind: .file(size: program.size), mode: mode, uid: 0, gid: 0,
            mtime: program.mtime, attributes: [:])
        let about = Array("/\(target)\n\(artifact.version)\n".utf8)
        return try Overlay(
            name: "agent",
            items: [
                .init(entry: entry, source: .file(store.path(of: program.digest))),
                // The health check reads this file; without it the image counts as one without the coding agent.
                .directory("etc/opencode-docker", mtime: program.mtime),
                .file("etc/opencode-docker/agent", about, mtime: program.mtime),
            ])
    }

    private func extract(from store: Store) throws -> (digest: Digest, size: UInt64, mtime: Int64) {
        var program: (digest: Digest, size: UInt64, mtime: Int64)?
        let archive = ArchiveReader(file: store.path(of: artifact.sha256), name: artifact.url)
        try archive.forEach { entry, contents in
            guard case .file(let size) = entry.kind, entry.path.name == programName, program == nil else { return }
            let writer = try BlobWriter(store: store)
            try contents(writer.write)
            program = (try writer.commit(), size, entry.mtime)
        }
        guard let program else { throw ContextError.agentNotInside(archive: artifact.url, name: programName) }
        return program
    }
}

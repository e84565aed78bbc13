// SPDX-License-Identifier: Apache-2.0

import Archive
import Context
import Core
import ImageDefinition
import SystemPackage
import Transport

/// Changes a program's pinned version in image.yaml (`resolve --agent`, `resolve --program`).
package struct ProgramMove: Sendable {
    private let program: ProgramDefinition
    private let version: String
    /// The digests from the command line, by platform.
    private let given: [String: Digest]

    /// Creates a change of the pin.
    ///
    /// - Parameters:
    ///   - name: The program; nil for the coding agent.
    ///   - given: `PLATFORM=HEX`, the values of `--agent-sha256` or `--program-sha256`.
    /// - Throws: `ImageBuildingError.unknownProgram`, `.unknownProgramDigest`.
    package init(_ name: String?, to version: String, given: [String], in definition: ImageDefinition) throws {
        let names = definition.programs.map(\.name)
        guard let program = definition.programs.first(where: { name == nil ? $0.isAgent : $0.name == name }) else {
            throw ImageBuildingError.unknownProgram(name, names)
        }
        self.program = program
        self.version = version
        self.given = try given.reduce(into: [:]) { digests, text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, program.artifacts[parts[0]] != nil, let digest = try? Digest(hex: parts[1])
            else { throw ImageBuildingError.unknownProgramDigest(text, program.artifacts.keys.sorted()) }
            digests[parts[0]] = digest
        }
    }

    /// Returns `text`, the definition, with the new pin and no other change.
    ///
    /// A release without a given digest is downloaded, and must contain the program; then its digest is pinned.
    ///
    /// - Throws: `ImageBuildingError.unreachableRelease`, `ContextError.programNotInside`, `DefinitionError`.
    func applied(
        to text: String, file: String, host: BuildHost, progress: @escaping ProgressSink
    ) async throws -> String {
        func moved(_ digests: [String: Digest]) throws -> String {
            try ImageDefinition.movingProgram(program.name, in: text, file: file, to: version, digests)
        }
        // First without digests: nothing is downloaded for a definition that cannot be edited.
        _ = try moved(given)
        let learned = try await learn(program.artifacts.filter { given[$0.key] == nil }, host, progress)
        return try moved(given.merging(learned) { $1 })
    }

    private func learn(
        _ artifacts: [String: ArtifactDefinition], _ host: BuildHost, _ progress: @escaping ProgressSink
    ) async throws -> [String: Digest] {
        if artifacts.isEmpty { return [:] }
        let downloads = artifacts.sorted { $0.key < $1.key }.map { platform, artifact in
            Download(
                name: "\(program.name) \(version) (\(platform))", urls: [artifact.url(version: version)],
                digest: nil, size: nil)
        }
        let downloader = host.sources.downloader(into: host.store)
        let found: [String: Digest]
        do {
            found = try await downloader.fetch(downloads, step: "fetch \(program.name)", progress: progress)
        } catch let error as TransportError {
            throw ImageBuildingError.unreachableRelease(error, artifacts.keys.sorted())
        }
        var digests: [String: Digest] = [:]
        for (platform, download) in zip(artifacts.keys.sorted(), downloads) {
            guard let digest = found[download.name] else { continue }
            try checkHoldsProgram(host.store.path(of: digest), url: download.urls[0])
            digests[platform] = digest
        }
        return digests
    }

    /// An error page with status 200 must not be pinned; a bare file cannot be told from one.
    private func checkHoldsProgram(_ file: FilePath, url: String) throws {
        guard case .tar = program.form else { return }
        let name = program.wantedName
        var holds = false
        try ArchiveReader(file: file, name: url).forEach { entry, _ in
            if entry.kind != .directory, name == nil || entry.path.name == name { holds = true }
        }
        if !holds { throw ContextError.programNotInside(archive: url, name: name ?? program.name) }
    }
}

extension ProgramDefinition {
    /// The name of a file that every release of the program has; nil when the definition names none.
    fileprivate var wantedName: String? {
        switch placement {
        case .file: name
        case .tree(_, _, let links): links.first?.split(separator: "/").last.map(String.init)
        }
    }
}

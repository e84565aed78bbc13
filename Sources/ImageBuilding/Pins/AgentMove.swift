// SPDX-License-Identifier: Apache-2.0

import Archive
import Context
import Core
import ImageDefinition
import SystemPackage
import Transport

/// Changes the agent's pinned version in image.yaml (`resolve --agent`).
package struct AgentMove: Sendable {
    private let version: String
    /// The digests from the command line, by platform.
    private let given: [String: Digest]
    private let definition: ImageDefinition

    /// Creates a change of the pin.
    ///
    /// - Parameter given: `PLATFORM=HEX`, the values of `--agent-sha256`.
    /// - Throws: `ImageBuildingError.unknownAgentDigest`.
    package init(to version: String, given: [String], in definition: ImageDefinition) throws {
        self.version = version
        self.definition = definition
        self.given = try given.reduce(into: [:]) { digests, text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, definition.agent.artifacts[parts[0]] != nil, let digest = try? Digest(hex: parts[1])
            else { throw ImageBuildingError.unknownAgentDigest(text, definition.agent.artifacts.keys.sorted()) }
            digests[parts[0]] = digest
        }
    }

    /// Returns `text`, the definition, with the new pin and no other change.
    ///
    /// An archive without a given digest is downloaded, and must contain the program; then its digest is pinned.
    ///
    /// - Throws: `ImageBuildingError.unreachableAgent`, `ContextError.agentNotInside`, `DefinitionError`.
    func applied(
        to text: String, file: String, host: BuildHost, progress: @escaping ProgressSink
    ) async throws -> String {
        // First without digests: nothing is downloaded for a definition that cannot be edited.
        _ = try ImageDefinition.movingAgent(in: text, file: file, to: version, given)
        let missing = definition.agent.artifacts.filter { given[$0.key] == nil }
        let learned = try await learn(missing, host, progress)
        return try ImageDefinition.movingAgent(in: text, file: file, to: version, given.merging(learned) { $1 })
    }

    private func learn(
        _ artifacts: [String: AgentSource], _ host: BuildHost, _ progress: @escaping ProgressSink
    ) async throws -> [String: Digest] {
        if artifacts.isEmpty { return [:] }
        let downloads = artifacts.sorted { $0.key < $1.key }.map { platform, artifact in
            Download(
                name: "\(definition.agent.name) \(version) (\(platform))", urls: [artifact.url(version: version)],
                digest: nil, size: nil)
        }
        let downloader = host.sources.downloader(into: host.store)
        let found: [String: Digest]
        do {
            found = try await downloader.fetch(downloads, step: "fetch agent", progress: progress)
        } catch let error as TransportError {
            throw ImageBuildingError.unreachableAgent(error, artifacts.keys.sorted())
        }
        var digests: [String: Digest] = [:]
        for (platform, download) in zip(artifacts.keys.sorted(), downloads) {
            guard let digest = found[download.name] else { continue }
            try checkHoldsProgram(host.store.path(of: digest), url: download.urls[0])
            digests[platform] = digest
        }
        return digests
    }

    /// An error page with status 200 must not be pinned.
    private func checkHoldsProgram(_ file: FilePath, url: String) throws {
        var holds = false
        let name = definition.agent.name
        try ArchiveReader(file: file, name: url).forEach { entry, _ in
            if case .file = entry.kind, entry.path.name == name { holds = true }
        }
        if !holds { throw ContextError.agentNotInside(archive: url, name: name) }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core

extension ImageDefinition {
    /// The digest of everything that `resolve` depends on: release, architectures, packages and the agent's pins.
    ///
    /// Independent of how the file is written: comments, order, grouping, line ends. What is hashed is one fact a
    /// line; the parser lets no value in that holds a line break, or a space where it would be mistaken.
    package var inputsDigest: Digest {
        var lines = ["opencode-docker inputs 1", "codename \(codename)"]
        lines += architectures.sorted().map { "architecture \($0)" }
        lines += packageRequests.map { "package \($0.name)\($0.version.map { "=\($0)" } ?? "")" }.sorted()
        lines += packageRequests.filter(\.recommends).map { "recommends \($0.name)" }.sorted()
        lines += exclusions.map { "exclude \($0.name) \($0.reason)" }.sorted()
        lines += localPackages.map { "file \($0.sha256.hex) \($0.file)" }.sorted()
        lines += repositories.sorted { $0.name < $1.name }.flatMap(\.inputs)
        lines += ["agent \(agent.name) \(agent.version)"]
        lines += agent.artifacts.sorted { $0.key < $1.key }.map { platform, artifact in
            "artifact \(platform) \(artifact.sha256) \(artifact.url)"
        }
        return Digest(of: (lines.joined(separator: "\n") + "\n").utf8)
    }
}

extension RepositoryDefinition {
    /// What `resolve` depends on of it. A key in a file is the file's matter: what it signs is what the lock names.
    fileprivate var inputs: [String] {
        let keyLine =
            switch key {
            case .file(let path): "repository-key \(name) file \(path)"
            case .armoured(let text): "repository-key \(name) \(Digest(of: text.utf8))"
            }
        return ["repository \(name) \(uri) \(suite) \(components.joined(separator: ","))", keyLine]
            + packages.sorted().map { "repository-package \(name) \($0)" }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core

extension ImageDefinition {
    /// The digest of all inputs of `resolve`: release, architectures, packages and the programs' pins.
    ///
    /// Independent of the file's formatting: comments, order, grouping, line ends. The hashed text has one fact per
    /// line; the parser refuses values with line breaks, or with spaces where they would be ambiguous.
    package var inputsDigest: Digest {
        var lines = ["opencode-docker inputs 1", "codename \(codename)"]
        lines += architectures.sorted().map { "architecture \($0)" }
        lines += packageRequests.map { "package \($0.name)\($0.version.map { "=\($0)" } ?? "")" }.sorted()
        lines += packageRequests.filter(\.recommends).map { "recommends \($0.name)" }.sorted()
        lines += exclusions.map { "exclude \($0.name) \($0.reason)" }.sorted()
        lines += localPackages.map { "file \($0.sha256.hex) \($0.file)" }.sorted()
        lines += repositories.sorted { $0.name < $1.name }.flatMap(\.inputs)
        lines += programs.flatMap(\.inputs)
        return Digest(of: (lines.joined(separator: "\n") + "\n").utf8)
    }
}

extension RepositoryDefinition {
    /// The inputs of `resolve` in a repository. For a key in a file, only the path counts: the lock pins what the key
    /// signed.
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

extension ProgramDefinition {
    /// The pins of a program; its place in the image counts in `build`.
    fileprivate var inputs: [String] {
        let kind = isAgent ? "agent" : "program"
        return ["\(kind) \(name) \(version)"]
            + artifacts.sorted { $0.key < $1.key }.map { platform, artifact in
                "artifact \(platform) \(artifact.sha256) \(artifact.url)"
            }
    }
}

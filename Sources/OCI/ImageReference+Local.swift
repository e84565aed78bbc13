// SPDX-License-Identifier: Apache-2.0

extension ImageReference {
    /// The registries that engines imply for a name without one; Podman's `localhost` is none.
    private static let implied: Set = [
        "docker.io", "docker.io:443", "index.docker.io", "index.docker.io:443", "localhost",
    ]

    /// The name by which an engine knows a local image: without a registry that it implies, and with a tag.
    package var localName: String {
        guard registry.map({ Self.implied.contains($0.lowercased()) }) ?? true else { return description }
        let name = repository.hasPrefix("library/") ? String(repository.dropFirst("library/".count)) : repository
        return "\(name):\(tag ?? "latest")"
    }
}

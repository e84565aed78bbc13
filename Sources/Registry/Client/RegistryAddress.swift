// SPDX-License-Identifier: Apache-2.0

import OCI

/// Where a registry is: its name as people write it, and what its addresses begin with.
package struct RegistryAddress: Hashable, Sendable {
    /// Host and port as in an image's name, such as `registry.example:5000`.
    package let host: String
    /// `https`, or `http` where that was agreed.
    package let scheme: String

    /// Docker Hub answers under another name than its images have.
    private static let hub = "docker.io"
    private static let hubHost = "registry-1.docker.io"

    /// The registry `host`.
    package init(host: String, isPlain: Bool = false) {
        self.host = host == "index.docker.io" ? Self.hub : host
        scheme = isPlain ? "http" : "https"
    }

    /// Scheme, host and port: whoever has these may know who we are.
    var origin: String { "\(scheme)://\(host == Self.hub ? Self.hubHost : host)" }

    /// The address of something in a repository, such as `blobs/sha256:…` (OCI distribution-spec, "Endpoints").
    func url(_ repository: String, _ path: String) -> String { "\(origin)/v2/\(repository)/\(path)" }

    /// Whether it is on this machine, where nobody else listens in.
    var isLoopback: Bool { RegistryURL.isLoopback(host: RegistryURL.withoutPort(host)) }
}

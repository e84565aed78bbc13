// SPDX-License-Identifier: Apache-2.0

import OCI

/// The address of a registry: its name in references, and the beginning of its URLs.
package struct RegistryAddress: Hashable, Sendable {
    /// Host and port as in an image's name, such as `registry.example:5000`.
    package let host: String
    /// `https`, or `http` for a registry that may be used without TLS.
    package let scheme: String

    /// Docker Hub's host name differs from the one in image names.
    private static let hub = "docker.io"
    private static let hubHost = "registry-1.docker.io"

    /// The registry `host`.
    package init(host: String, isPlain: Bool = false) {
        self.host = host == "index.docker.io" ? Self.hub : host
        scheme = isPlain ? "http" : "https"
    }

    /// Scheme, host and port: credentials are sent to this origin only.
    var origin: String { "\(scheme)://\(host == Self.hub ? Self.hubHost : host)" }

    /// The URL of a path in a repository, such as `blobs/sha256:…` (OCI distribution-spec, "Endpoints").
    func url(_ repository: String, _ path: String) -> String { "\(origin)/v2/\(repository)/\(path)" }

    /// Whether the registry is on this machine, so that no connection leaves it.
    var isLoopback: Bool { RegistryURL.isLoopback(host: RegistryURL.withoutPort(host)) }
}

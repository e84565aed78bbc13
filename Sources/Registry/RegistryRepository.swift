// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Transport

/// How the client connects to registries.
package struct RegistrySettings: Sendable {
    /// Timeouts and limits of transfers, and the trusted certificates.
    package var transport: TransportSettings
    /// The sources of credentials.
    package var credentials: CredentialSources
    /// The certificates of single registries.
    package var certificates = CertificateDirectories([])
    /// Registries, by host and port, for which the user permits TLS without a check, and plain HTTP.
    package var insecure: Set<String> = []
    /// The most concurrent blob transfers.
    package var parallelism = 4
    /// Receives the warnings of registries.
    package var warnings = RegistryWarnings { _ in }
    /// The sizes for chunked uploads.
    package var sizes = UploadSizes()

    /// The default settings.
    package init(transport: TransportSettings, credentials: CredentialSources) {
        self.transport = transport
        self.credentials = credentials
        // A registry hashes a large blob, or moves it to other storage, before it responds.
        self.transport.stallTimeout = max(transport.stallTimeout, .seconds(120))
    }
}

/// The requested access to a repository, for the token's scope.
package enum RepositoryAccess: Hashable, Sendable {
    /// Read access.
    case reading
    /// Read and write access; blobs may be mounted from the repositories `mountSources` of the same registry.
    case writing(mountSources: [String] = [])
}

/// One repository in a registry (OCI distribution-spec 1.1).
package struct RegistryRepository: Sendable {
    /// The repository's name in signatures.
    package let name: String
    /// The path in the registry.
    let repository: String
    let client: RegistryClient
    let settings: RegistrySettings
    let mountSources: [String]
    let uploads = UploadPreference()

    /// The repository of `reference`; its tag and digest are ignored.
    ///
    /// TLS is optional for registries that the settings name, and for those on this machine without it.
    ///
    /// - Throws: `RegistryError.noRegistry`, `.unreachable` for a registry on this machine, `CancellationError`,
    ///   `FileError` for a certificate of the registry that cannot be read.
    package static func connect(
        to reference: ImageReference, for access: RepositoryAccess, settings: RegistrySettings
    ) async throws -> RegistryRepository {
        guard let host = reference.registry else { throw RegistryError.noRegistry(reference.description) }
        var settings = settings
        settings.transport.server = try settings.certificates.security(
            of: host, checked: !settings.insecure.contains(host))
        let http = HTTPClient(settings: settings.transport)
        let address = try await address(of: host, settings, http)
        return RegistryRepository(reference, address, access, settings, http)
    }

    private init(
        _ reference: ImageReference, _ address: RegistryAddress, _ access: RepositoryAccess,
        _ settings: RegistrySettings, _ http: HTTPClient
    ) {
        let isHubOfficial = address.host == "docker.io" && !reference.repository.contains("/")
        repository = isHubOfficial ? "library/\(reference.repository)" : reference.repository
        name = "\(address.host)/\(repository)"
        self.settings = settings
        let retryPolicy = RetryPolicy(settings: settings.transport)
        var scopes = ["repository:\(repository):pull"]
        switch access {
        case .reading: mountSources = []
        case .writing(let others):
            mountSources = others.filter { [repository] in $0 != repository }
            scopes = ["repository:\(repository):pull,push"] + mountSources.map { "repository:\($0):pull" }
        }
        let failures = HelperFailures()
        let authorization = RegistryAuthorization(
            address, repository: repository, sources: settings.credentials, failures: failures,
            tokens: TokenService(address: address, scopes: scopes, http: http, retryPolicy: retryPolicy))
        client = RegistryClient(
            address: address, http: http, authorization: authorization, retryPolicy: retryPolicy,
            warnings: settings.warnings, failures: failures)
    }

    /// No connection to this machine leaves it, so a local registry may be without TLS, as one that the user named; a
    /// request finds out.
    private static func address(of host: String, _ settings: RegistrySettings, _ http: HTTPClient) async throws
        -> RegistryAddress
    {
        let encrypted = RegistryAddress(host: host)
        let isInsecure = settings.insecure.contains(host)
        guard isInsecure || encrypted.isLoopback else { return encrypted }
        do {
            _ = try await http.send(HTTPRequest(.get, "\(encrypted.origin)/v2/"), limit: RegistryClient.smallAnswer)
            return encrypted
        } catch FailureReason.interrupted {
            return RegistryAddress(host: host, isPlain: true)
        } catch let reason as FailureReason {
            if isInsecure { return RegistryAddress(host: host, isPlain: true) }
            throw RegistryError.unreachable(host, reason)
        }
    }

    func url(_ path: String) -> String { client.address.url(repository, path) }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Transport

/// How registries are talked to.
package struct RegistrySettings: Sendable {
    /// How patient and how generous transfers are, and which certificates they trust.
    package var transport: TransportSettings
    /// Who we are.
    package var credentials: CredentialSources
    /// Registries, by host and port, that are talked to without encryption because the user said so.
    package var insecure: Set<String> = []
    /// The most blobs on their way at once.
    package var parallelism = 4
    /// Who hears what registries warn of.
    package var warnings = RegistryWarnings { _ in }
    /// From which size on blobs are sent in pieces.
    package var sizes = UploadSizes()

    /// Settings for everyday registries.
    package init(transport: TransportSettings, credentials: CredentialSources) {
        self.transport = transport
        self.credentials = credentials
        // A registry hashes a large blob, or moves it to other storage, before it answers.
        self.transport.stallTimeout = max(transport.stallTimeout, .seconds(120))
    }
}

/// What is to be done in a repository; it is asked for in the token.
package enum RepositoryAccess: Hashable, Sendable {
    /// Getting only.
    case reading
    /// Getting and putting; blobs may be taken over from the repositories `mountSources` of the same registry.
    case writing(mountSources: [String] = [])
}

/// One repository in a registry (OCI distribution-spec 1.1).
package struct RegistryRepository: Sendable {
    /// What signatures call it.
    package let name: String
    /// The path inside the registry.
    let repository: String
    let client: RegistryClient
    let settings: RegistrySettings
    let mountSources: [String]

    /// The repository of `reference`; its tag and digest do not matter.
    ///
    /// Encryption is left out for registries that the settings name, and for those on this machine that have none.
    ///
    /// - Throws: `RegistryError.noRegistry`, `.unreachable` for a registry on this machine, `CancellationError`.
    package static func connect(
        to reference: ImageReference, for access: RepositoryAccess, settings: RegistrySettings
    ) async throws -> RegistryRepository {
        guard let host = reference.registry else { throw RegistryError.noRegistry(reference.description) }
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
        let authorization = RegistryAuthorization(
            address, repository: repository, scopes: scopes, sources: settings.credentials, http: http,
            retryPolicy: retryPolicy)
        client = RegistryClient(
            address: address, http: http, authorization: authorization, retryPolicy: retryPolicy,
            warnings: settings.warnings)
    }

    /// On this machine nobody listens in, so a registry there may do without encryption: that shows when it is tried.
    private static func address(of host: String, _ settings: RegistrySettings, _ http: HTTPClient) async throws
        -> RegistryAddress
    {
        let encrypted = RegistryAddress(host: host)
        if settings.insecure.contains(host) { return RegistryAddress(host: host, isPlain: true) }
        guard encrypted.isLoopback else { return encrypted }
        do {
            _ = try await http.send(HTTPRequest(.get, "\(encrypted.origin)/v2/"), limit: RegistryClient.smallAnswer)
            return encrypted
        } catch FailureReason.interrupted {
            return RegistryAddress(host: host, isPlain: true)
        } catch let reason as FailureReason {
            throw RegistryError.unreachable(host, reason)
        }
    }

    func url(_ path: String) -> String { client.address.url(repository, path) }
}

// SPDX-License-Identifier: Apache-2.0

import Transport

/// Authenticates requests to one registry, and to no other host.
///
/// A token is used until the registry refuses it: expiry times are not used, so a token that expires in the middle of
/// an upload is replaced like the first one.
actor RegistryAuthorization: RequestAuthorization {
    private let address: RegistryAddress
    private let repository: String
    private let tokens: TokenService
    private let sources: CredentialSources
    private var current: String?
    /// The credential from the sources, once they have been read.
    private var credential: Credential??

    /// - Parameter scopes: The requested actions, the most important first (distribution's token scopes).
    init(
        _ address: RegistryAddress, repository: String, scopes: [String], sources: CredentialSources, http: HTTPClient,
        retryPolicy: RetryPolicy
    ) {
        self.address = address
        self.repository = repository
        self.sources = sources
        tokens = TokenService(address: address, scopes: scopes, http: http, retryPolicy: retryPolicy)
    }

    func value(for url: String) -> String? {
        RegistryURL.origin(url) == RegistryURL.origin(address.origin) ? current : nil
    }

    func renew(_ refused: String?, challenge: String?) async throws -> Bool {
        // Another request has renewed it in the meantime.
        if let current, current != refused { return true }
        let challenges = AuthenticationChallenge.parse(challenge ?? "")
        let credential = try await knownCredential()
        if case .registryToken(let token) = credential { return use("Bearer \(token)", refused) }
        if let bearer = challenges.first(where: { $0.scheme == "bearer" }) {
            current = "Bearer \(try await tokens.token(bearer, credential))"
            return true
        }
        guard challenges.contains(where: { $0.scheme == "basic" }),
            case .password(let user, let secret) = credential
        else { return false }
        return use(Credential.basic(user: user, secret: secret), refused)
    }

    private func use(_ value: String, _ refused: String?) -> Bool {
        current = value
        return value != refused
    }

    private func knownCredential() async throws -> Credential? {
        if let credential { return credential }
        let found = try await sources.credential(host: address.host, repository: repository)
        credential = .some(found)
        return found
    }
}

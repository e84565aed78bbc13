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
    private let failures: HelperFailures
    private var current: String?
    /// The credential from the sources, once they have been read.
    private var credential: Credential??

    /// - Parameter failures: Receives the credential helpers that fail.
    init(
        _ address: RegistryAddress, repository: String, sources: CredentialSources,
        failures: HelperFailures, tokens: TokenService
    ) {
        self.address = address
        self.repository = repository
        self.sources = sources
        self.failures = failures
        self.tokens = tokens
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
            do { current = "Bearer \(try await tokens.token(bearer, credential))" } catch let error as RegistryError {
                // Without the credential of a helper that failed, the token was for everybody.
                if case .denied = error, credential == nil { throw failures.first ?? error }
                throw error
            }
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
        let found = try await sources.credential(
            host: address.host, repository: repository, noting: failures)
        credential = .some(found)
        return found
    }
}

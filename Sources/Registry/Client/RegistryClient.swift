// SPDX-License-Identifier: Apache-2.0

import Transport

/// Requests to one repository of a registry: authenticated, retried, redirected, with bounded responses.
struct RegistryClient: Sendable {
    let address: RegistryAddress
    let http: HTTPClient
    let authorization: RegistryAuthorization
    let retryPolicy: RetryPolicy
    let warnings: RegistryWarnings
    let failures: HelperFailures

    /// The limit for a response without a document.
    static let smallAnswer = 1 << 16
    private static let redirects = 5

    /// Sends the idempotent `request` until it gets a response that is not transient.
    ///
    /// - Parameter staysAtHome: Whether a redirect to another host is refused.
    /// - Throws: `RegistryError.unreachable`, `.busy`, `.denied`, `.badRedirect` and the errors of the token service.
    func send(_ request: HTTPRequest, limit: Int = smallAnswer, staysAtHome: Bool = false) async throws -> HTTPResponse
    {
        try await retryPolicy.repeating(at: address.host) {
            try await sendOnce(request, limit: limit, staysAtHome: staysAtHome)
        }
    }

    /// Sends `request` once, apart from redirects and authentication.
    ///
    /// - Throws: As `send`.
    func sendOnce(
        _ request: HTTPRequest, limit: Int = smallAnswer, staysAtHome: Bool = false,
        sent: @escaping @Sendable (UInt64) -> Void = { _ in }
    ) async throws -> HTTPResponse {
        var request = request
        for _ in 0...Self.redirects {
            let response = try await identified(request, limit: limit, sent: sent)
            guard [301, 302, 303, 307, 308].contains(response.status) else { return response }
            let target = try target(of: response, request)
            if staysAtHome, RegistryURL.origin(target) != RegistryURL.origin(request.url) {
                throw RegistryError.badRedirect(address.host, "to \(RegistryURL.host(target) ?? "")")
            }
            request.url = target
        }
        throw RegistryError.badRedirect(address.host, "more than \(Self.redirects) in a row")
    }

    /// Sends `request`, and up to two more times when the registry requires authentication.
    private func identified(
        _ request: HTTPRequest, limit: Int, sent: @escaping @Sendable (UInt64) -> Void
    ) async throws -> HTTPResponse {
        var renewals = 0
        while true {
            var signed = request
            let value = await authorization.value(for: request.url)
            if let value { signed.headers["Authorization"] = value }
            let response: HTTPResponse
            do { response = try await http.send(signed, limit: limit, sent: sent) } catch let reason as FailureReason {
                throw RegistryError.unreachable(host(of: request), reason)
            }
            warnings.take(response, of: host(of: request))
            // Only the registry's own challenges count; a second new token is needed when the first expired meanwhile.
            guard response.status == 401, RegistryURL.origin(request.url) == RegistryURL.origin(address.origin),
                renewals < 2,
                try await authorization.renew(value, challenge: response.headers["www-authenticate"])
            else { return response }
            renewals += 1
        }
    }

    /// The host for messages: the registry with its port as in image names, or the host of the redirect.
    private func host(of request: HTTPRequest) -> String {
        let isOwn = RegistryURL.origin(request.url) == RegistryURL.origin(address.origin)
        return isOwn ? address.host : RegistryURL.host(request.url) ?? address.host
    }

    /// The target of a redirect: never from encrypted to plain, and a request with a body keeps its method (RFC 9110
    /// section 15.4).
    private func target(of response: HTTPResponse, _ request: HTTPRequest) throws(RegistryError) -> String {
        let keepsMethod = [307, 308].contains(response.status) || [.get, .head].contains(request.method)
        guard keepsMethod else { throw .badRedirect(address.host, "a \(request.method.rawValue) into a GET") }
        guard let location = response.headers["location"] else { throw .badRedirect(address.host, "to nowhere") }
        return try checked(location, from: request.url)
    }

    /// A `Location` as an absolute URL.
    ///
    /// - Throws: `RegistryError.badRedirect` when it cannot be parsed, or is not encrypted while `base` is.
    func checked(_ location: String, from base: String) throws(RegistryError) -> String {
        guard let url = RegistryURL.resolve(location, against: base) else {
            throw .badRedirect(address.host, "to '\(location.prefix(80).filter { $0.isASCII && !$0.isNewline })'")
        }
        guard url.lowercased().hasPrefix("https:") || base.lowercased().hasPrefix("http:") else {
            throw .badRedirect(address.host, "to \(RegistryURL.host(url) ?? "") without encryption")
        }
        return url
    }

    /// The error for an unexpected response. Denied access is explained by a credential helper that failed.
    ///
    /// - Parameter what: The requested object, such as "the manifest 1.0 of team/image".
    func refusal(_ response: HTTPResponse, _ what: String) -> RegistryError {
        let text = ErrorDocument(response).text
        switch response.status {
        case 401, 403: return failures.first ?? .denied(address.host, what, status: response.status, text)
        case let status where RetryPolicy.isTransient(status):
            return .busy(address.host, response.retryAfter ?? .zero)
        default: return .answer(address.host, what, status: response.status, text)
        }
    }
}

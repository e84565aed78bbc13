// SPDX-License-Identifier: Apache-2.0

import Transport

/// Requests to one registry about one repository: signed, tried again, redirected, with bounded answers.
struct RegistryClient: Sendable {
    let address: RegistryAddress
    let http: HTTPClient
    let authorization: RegistryAuthorization
    let retryPolicy: RetryPolicy
    let warnings: RegistryWarnings

    /// What an answer without a document may have.
    static let smallAnswer = 1 << 16
    private static let redirects = 5

    /// Sends `request`, which may be repeated without harm, until there is an answer that will not change soon.
    ///
    /// - Parameter staysAtHome: Whether a redirect to another host is refused.
    /// - Throws: `RegistryError.unreachable`, `.busy`, `.denied`, `.badRedirect` and what asking for tokens throws.
    func send(_ request: HTTPRequest, limit: Int = smallAnswer, staysAtHome: Bool = false) async throws -> HTTPResponse
    {
        try await retryPolicy.repeating(at: address.host) {
            try await sendOnce(request, limit: limit, staysAtHome: staysAtHome)
        }
    }

    /// Sends `request` once, but for redirects and for telling who we are.
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

    /// Sends `request`, and once or twice more when the registry wants to know who asks.
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
            // Only the registry itself may ask; a second new token can be necessary when the first ended on the way.
            guard response.status == 401, RegistryURL.origin(request.url) == RegistryURL.origin(address.origin),
                renewals < 2,
                try await authorization.renew(value, challenge: response.headers["www-authenticate"])
            else { return response }
            renewals += 1
        }
    }

    /// What the other side is called: the registry as in names of images, with its port, or the host it sent us to.
    private func host(of request: HTTPRequest) -> String {
        let isOwn = RegistryURL.origin(request.url) == RegistryURL.origin(address.origin)
        return isOwn ? address.host : RegistryURL.host(request.url) ?? address.host
    }

    /// Where an answer leads: to the same or better encryption, and for what is sent, to the same request elsewhere
    /// (RFC 9110 section 15.4).
    private func target(of response: HTTPResponse, _ request: HTTPRequest) throws(RegistryError) -> String {
        let keepsMethod = [307, 308].contains(response.status) || [.get, .head].contains(request.method)
        guard keepsMethod else { throw .badRedirect(address.host, "a \(request.method.rawValue) into a GET") }
        guard let location = response.headers["location"] else { throw .badRedirect(address.host, "to nowhere") }
        return try checked(location, from: request.url)
    }

    /// A `Location` as an address that may be asked.
    ///
    /// - Throws: `RegistryError.badRedirect` for one that cannot be read, or without the encryption that `base` has.
    func checked(_ location: String, from base: String) throws(RegistryError) -> String {
        guard let url = RegistryURL.resolve(location, against: base) else {
            throw .badRedirect(address.host, "to '\(location.prefix(80).filter { $0.isASCII && !$0.isNewline })'")
        }
        guard url.lowercased().hasPrefix("https:") || base.lowercased().hasPrefix("http:") else {
            throw .badRedirect(address.host, "to \(RegistryURL.host(url) ?? "") without encryption")
        }
        return url
    }

    /// The error for an answer that is none of those that were expected.
    ///
    /// - Parameter what: What was asked for, as "the manifest 1.0 of team/image".
    func refusal(_ response: HTTPResponse, _ what: String) -> RegistryError {
        let text = ErrorDocument(response).text
        switch response.status {
        case 401, 403: return .denied(address.host, what, status: response.status, text)
        case let status where RetryPolicy.isTransient(status):
            return .busy(address.host, response.retryAfter ?? .zero)
        default: return .answer(address.host, what, status: response.status, text)
        }
    }
}

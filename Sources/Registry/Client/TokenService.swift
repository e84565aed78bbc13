// SPDX-License-Identifier: Apache-2.0

import OCI
import Transport

/// The service that issues a registry's tokens (distribution's "Token Authentication Specification" and "OAuth2").
struct TokenService: Sendable {
    let address: RegistryAddress
    /// The requested actions, the most important first (distribution's token scopes).
    let scopes: [String]
    let http: HTTPClient
    let retryPolicy: RetryPolicy

    private static let clientID = "opencode-docker"

    /// A token for the scopes. The service may grant only a part of them; the registry then refuses the rest.
    ///
    /// - Throws: `RegistryError.denied`, `.badRealm`, `.unreachable`, `.answer`.
    func token(_ challenge: AuthenticationChallenge, _ credential: Credential?) async throws -> String {
        let realm = try checkedRealm(challenge)
        if case .identityToken(let token) = credential {
            let response = try await post(realm, challenge, token)
            // Services without OAuth 2 accept the token as a password (distribution, "Token Authentication").
            if response.status != 404, response.status != 405 { return try read(response, realm) }
        }
        return try read(await get(realm, challenge, credential), realm)
    }

    /// The registry names the realm that receives the password. It must be encrypted, and no host of a private network
    /// except the registry itself.
    private func checkedRealm(_ challenge: AuthenticationChallenge) throws(RegistryError) -> String {
        let text = challenge.parameters["realm"] ?? ""
        guard let realm = RegistryURL.resolve(text, against: address.origin), let host = RegistryURL.host(realm)
        else { throw .badRealm(address.host, String(text.prefix(200))) }
        let isOwn = host == RegistryURL.host(address.origin)
        let isPlain = !realm.lowercased().hasPrefix("https:")
        guard !isPlain || address.scheme == "http" || RegistryURL.isLoopback(host: host) && address.isLoopback,
            isOwn || address.isLoopback || !RegistryURL.isPrivateAddress(host: host)
        else { throw .badRealm(address.host, String(text.prefix(200))) }
        return realm
    }

    private func get(_ realm: String, _ challenge: AuthenticationChallenge, _ credential: Credential?) async throws
        -> HTTPResponse
    {
        var url = realm
        let service = challenge.parameters["service"].map { [("service", $0)] } ?? []
        for (name, value) in service + scopes.map({ ("scope", $0) }) {
            url = RegistryURL.adding(name, value, to: url)
        }
        var headers: [String: String] = [:]
        switch credential {
        case .password(let user, let secret): headers["Authorization"] = Credential.basic(user: user, secret: secret)
        case .identityToken(let token): headers["Authorization"] = Credential.basic(user: "<token>", secret: token)
        case .registryToken, nil: break
        }
        return try await send(HTTPRequest(.get, url, headers: headers))
    }

    private func post(_ realm: String, _ challenge: AuthenticationChallenge, _ token: String) async throws
        -> HTTPResponse
    {
        let form = [
            ("grant_type", "refresh_token"), ("service", challenge.parameters["service"] ?? ""),
            ("client_id", Self.clientID), ("scope", scopes.joined(separator: " ")), ("refresh_token", token),
        ]
        let text = form.map { "\($0)=\(FormEncoding.encode($1))" }.joined(separator: "&")
        return try await send(
            HTTPRequest(
                .post, realm, headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: .bytes(Array(text.utf8))))
    }

    private func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let host = RegistryURL.host(request.url) ?? address.host
        return try await retryPolicy.repeating(at: host) {
            do { return try await http.send(request, limit: TokenReply.sizeLimit) } catch let reason as FailureReason {
                throw RegistryError.unreachable(host, reason)
            }
        }
    }

    private func read(_ response: HTTPResponse, _ realm: String) throws(RegistryError) -> String {
        let host = RegistryURL.host(realm) ?? ""
        guard response.status == 200 else {
            let text = ErrorDocument(response).text
            if [400, 401, 403].contains(response.status) {
                throw .denied(address.host, "its tokens", status: response.status, text)
            }
            throw .answer(host, "the request for a token", status: response.status, text)
        }
        guard let reply = TokenReply(parsing: response.body) else { throw .malformed(host, "no valid token") }
        return reply.token
    }
}

/// Form encoding for queries and bodies (WHATWG URL, "application/x-www-form-urlencoded percent-encode set").
enum FormEncoding {
    static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.map { byte -> String in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                String(Unicode.Scalar(byte))
            default: "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }.joined()
    }
}

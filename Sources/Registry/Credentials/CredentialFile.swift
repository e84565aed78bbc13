// SPDX-License-Identifier: Apache-2.0

import OCI

/// A credential file of Docker (`config.json`) or of the containers tools (`auth.json`, containers-auth.json(5)). Other
/// members are ignored.
package struct CredentialFile {
    /// How to get a credential.
    package enum Lookup: Hashable {
        /// The credential is in the file.
        case credential(Credential)
        /// The program `docker-credential-<name>` has it, under that address.
        case helper(name: String, server: String)
    }

    private let auths: [String: JSONValue]
    private let helpers: [String: String]
    private let store: String?

    /// The key of Docker's tools for Docker Hub.
    private static let hubServer = "https://index.docker.io/v1/"
    static let sizeLimit = 1 << 20

    /// Parses a file.
    ///
    /// - Parameter place: The file's name, for the message.
    /// - Throws: `RegistryError.credentials`.
    package init(_ bytes: [UInt8], from place: String) throws(RegistryError) {
        // An empty file, as `touch` makes it, has no entries.
        let text = bytes.allSatisfy { " \t\r\n".utf8.contains($0) } ? Array("{}".utf8) : bytes
        guard let document = try? JSONValue(parsing: text, limit: Self.sizeLimit), case .object(let members) = document
        else { throw .credentials(place, problem: "it is not JSON") }
        let map = { (key: String) -> [String: JSONValue] in
            guard case .object(let map)? = members[key] else { return [:] }
            return map
        }
        auths = Dictionary(map("auths").map { (Self.registry(of: $0.key), $0.value) }) { first, _ in first }
        helpers = Dictionary(
            map("credHelpers").compactMap { key, value in value.string.map { (Self.registry(of: key), $0) } }
        ) { first, _ in first }
        store = members["credsStore"]?.string
    }

    /// The sources for the credential of a repository, the most specific first: the registry's own helper, the helper
    /// for all registries, then the entries of the file for `host/a/b`, `host/a`, `host`.
    ///
    /// - Throws: `RegistryError.credentials` for an invalid entry.
    package func lookups(host: String, repository: String, from place: String) throws(RegistryError) -> [Lookup] {
        let server = host == "docker.io" ? Self.hubServer : host
        // A registry's own helper replaces the one for all registries (`docker login`, "Credential helpers"); an empty
        // name replaces it by none.
        let names = [helpers[host] ?? store].compactMap(\.self).filter { !$0.isEmpty }
        var lookups = names.map { Lookup.helper(name: $0, server: server) }
        for key in Self.keys(host: host, repository: repository) {
            guard let entry = auths[key] else { continue }
            if let credential = try Self.credential(entry, key, place) { lookups.append(.credential(credential)) }
        }
        return lookups
    }

    private static func keys(host: String, repository: String) -> [String] {
        var parts = ([host] + repository.split(separator: "/").map(String.init))[...]
        var keys: [String] = []
        while !parts.isEmpty {
            keys.append(parts.joined(separator: "/"))
            parts = parts.dropLast()
        }
        return keys
    }

    /// Docker writes URLs where the containers tools write names: `https://index.docker.io/v1/` is `docker.io`.
    private static func registry(of key: String) -> String {
        var name = key[...]
        var endings = ["/v1/", "/v2/", "/"]
        for scheme in ["https://", "http://"] where name.hasPrefix(scheme) {
            name = name.dropFirst(scheme.count)
            endings = ["/v1/", "/v2/", "/v1", "/v2", "/"]
        }
        if let ending = endings.first(where: { name.hasSuffix($0) }) { name = name.dropLast(ending.count) }
        let hub = ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]
        return hub.contains(String(name)) ? "docker.io" : String(name)
    }

    /// `nil` for an entry that only refers to a helper.
    private static func credential(_ entry: JSONValue, _ key: String, _ place: String) throws(RegistryError)
        -> Credential?
    {
        if let token = entry["registrytoken"]?.string, !token.isEmpty { return .registryToken(token) }
        if let token = entry["identitytoken"]?.string, !token.isEmpty { return .identityToken(token) }
        if let user = entry["username"]?.string, let secret = entry["password"]?.string, !user.isEmpty {
            return .password(user: user, secret: secret)
        }
        guard let auth = entry["auth"]?.string, !auth.isEmpty else { return nil }
        // The first colon separates; some writers append NULs to the password.
        guard let bytes = Base64.decode(auth), let text = String(validating: bytes, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else { throw .credentials(place, problem: "the entry '\(key)' is not 'user:password' in base64") }
        let secret = text[text.index(after: colon)...]
        let end = secret.lastIndex { $0 != "\0" }.map(secret.index(after:)) ?? secret.startIndex
        return .password(user: String(text[..<colon]), secret: String(secret[..<end]))
    }
}

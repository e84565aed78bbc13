// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Signing
import SystemPackage

/// The user's trust file: repositories and the public keys of their publishers.
///
/// ```json
/// {
///   "version": 1,
///   "repositories": [
///     {
///       "repository": "registry.example/team/opencode-docker",
///       "keys": [{ "file": "opencode-docker.pub" }, { "pem": "-----BEGIN PUBLIC KEY-----\n…", "notAfter": "2027-01-31T00:00:00Z" }],
///       "minimumVersion": "1.0.0",
///       "tag": "latest",
///       "builder": "https://github.com/team/opencode-docker/builder/github-actions/v1",
///       "source": "https://github.com/team/opencode-docker"
///     }
///   ]
/// }
/// ```
package struct TrustFile: Hashable, Sendable {
    /// The size limit of the file.
    private static let sizeLimit = 1 << 20
    /// One key, or two during a rotation.
    private static let keyLimit = 2

    /// The repositories in order; `run` uses the first.
    package let repositories: [TrustedRepository]

    /// Parses a file; the key files that it names are relative to it.
    ///
    /// - Throws: `TrustError.trustFile`, `FileError`.
    package init(reading path: FilePath) throws {
        let bytes = try Files.read(path, limit: Self.sizeLimit)
        do {
            repositories = try Self.repositories(bytes) { name in
                try Files.read(path.removingLastComponent().pushing(FilePath(name)), limit: KeyText.limit)
            }
        } catch let fault as Fault {
            throw TrustError.trustFile(path, reason: fault.reason)
        }
    }

    /// The repository of that name.
    ///
    /// - Throws: `TrustError.unknownRepository`.
    package func repository(_ name: String) throws -> TrustedRepository {
        guard let found = repositories.first(where: { $0.name == name }) else {
            throw TrustError.unknownRepository(name)
        }
        return found
    }

    /// A fault as a clause; the caller adds the file's name.
    private struct Fault: Error { let reason: String }

    private static func repositories(
        _ bytes: [UInt8], key: (String) throws -> [UInt8]
    ) throws -> [TrustedRepository] {
        let document: JSONValue
        do { document = try JSONValue(parsing: bytes, limit: sizeLimit) } catch let error as OCIError {
            throw Fault(reason: "it is not JSON: \(error.sentence.dropLast())")
        }
        try check(document, members: ["version", "repositories"], "the file")
        guard document["version"] == .integer(1) else { throw Fault(reason: "its 'version' is not 1") }
        guard let list = document["repositories"]?.array, !list.isEmpty else {
            throw Fault(reason: "'repositories' is not a list with an entry")
        }
        return try list.map { try repository($0, key: key) }
    }

    private static func repository(_ value: JSONValue, key: (String) throws -> [UInt8]) throws -> TrustedRepository {
        try check(
            value, members: ["repository", "keys", "minimumVersion", "tag", "builder", "source"], "a repository")
        guard let name = value["repository"]?.string, let reference = try? ImageReference(name),
            reference.registry != nil, reference.tag == nil, reference.digest == nil
        else { throw Fault(reason: "'repository' is not a name like registry.example/team/image") }
        guard let keys = value["keys"]?.array, (1...keyLimit).contains(keys.count) else {
            throw Fault(reason: "'keys' of \(name) is not a list of one or two keys")
        }
        let tag = value["tag"] ?? .string("latest")
        guard let text = tag.string, (try? ImageReference("\(name):\(text)")) != nil else {
            throw Fault(reason: "'tag' of \(name) is not a tag")
        }
        return TrustedRepository(
            name: name, keys: try keys.map { try trustedKey($0, of: name, read: key) },
            minimumVersion: try value["minimumVersion"].map { try version($0, of: name) }, tag: text,
            build: try build(value, of: name))
    }

    private static func build(_ value: JSONValue, of name: String) throws -> ExpectedBuild? {
        let address = { (member: String) -> String? in
            guard let found = value[member] else { return nil }
            guard let text = found.string, text.contains(":"), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { throw Fault(reason: "'\(member)' of \(name) is not an address like https://example.org/project") }
            return text
        }
        let build = ExpectedBuild(builder: try address("builder"), source: try address("source"))
        return build.builder == nil && build.source == nil ? nil : build
    }

    private static func trustedKey(
        _ value: JSONValue, of name: String, read: (String) throws -> [UInt8]
    ) throws -> TrustedRepository.Key {
        try check(value, members: ["pem", "file", "notAfter"], "a key of \(name)")
        let pem: [UInt8]
        switch (value["pem"]?.string, value["file"]?.string) {
        case (let text?, nil): pem = Array(text.utf8)
        case (nil, let file?): pem = try read(file)
        default: throw Fault(reason: "a key of \(name) has not just one of 'pem' and 'file'")
        }
        guard let key = try? PublicKey(pem: pem) else {
            throw Fault(reason: "a key of \(name) is not a P-256 public key in PEM")
        }
        return .init(key: key, notAfter: try value["notAfter"].map { try time($0, of: name) })
    }

    private static func version(_ value: JSONValue, of name: String) throws -> SemanticVersion {
        guard let version = value.string.flatMap({ try? SemanticVersion($0) }) else {
            throw Fault(reason: "'minimumVersion' of \(name) is not a version like 1.4.3")
        }
        return version
    }

    private static func time(_ value: JSONValue, of name: String) throws -> Timestamp {
        guard let time = value.string.flatMap({ try? Timestamp($0) }) else {
            throw Fault(reason: "'notAfter' of a key of \(name) is not a date like 2027-01-31T00:00:00Z")
        }
        return time
    }

    private static func check(_ value: JSONValue, members known: Set<String>, _ place: String) throws {
        guard case .object(let members) = value else { throw Fault(reason: "\(place) is not an object") }
        if let strange = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw Fault(reason: "\(place) has an unknown member '\(strange.prefix(40))'")
        }
    }
}

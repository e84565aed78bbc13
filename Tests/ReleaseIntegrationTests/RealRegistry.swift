// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import OCI
import Registry
import SystemPackage
import TestSupport
import Transport

/// Debian's docker-registry on loopback, behind a proxy that can fail for one fixture (`registry.py`).
struct RealRegistry: Sendable {
    static let isPossible = ["/usr/bin/docker-registry", "/usr/bin/python3", "/usr/bin/curl", "/usr/bin/jq"]
        .allSatisfy { Files.exists(FilePath($0)) }

    private let directory: FilePath
    private let port: Int

    /// Runs it while `body` runs.
    static func with(_ body: @Sendable (RealRegistry) async throws -> Void) async throws {
        let directory = FilePath(NSTemporaryDirectory()).appending("registry-\(Files.uniqueSuffix())")
        defer { try? Files.removeTree(directory) }
        let script = FilePath(#filePath).removingLastComponent().appending("registry.py")
        let server = ExternalProgram(
            "/usr/bin/python3", [script.string, directory.string], environment: ExternalProgram.ownEnvironment)
        try await PortServer.with(server) { port in
            try await body(RealRegistry(directory: directory, port: port))
        }
    }

    /// A separate repository for one fixture.
    func repository() async throws -> RegistryPlace {
        let owner = "w\(Files.uniqueSuffix())".lowercased().filter { $0.isLetter || $0.isNumber }
        var transport = TransportSettings()
        transport.attempts = 1
        var settings = RegistrySettings(
            transport: transport, credentials: CredentialSources(environment: [:], configuration: nil, userID: 0))
        settings.insecure = ["127.0.0.1:\(port)"]
        let repository = try await RegistryRepository.connect(
            to: ImageReference("127.0.0.1:\(port)/\(owner)/image"), for: .writing(), settings: settings)
        return RegistryPlace(registry: self, owner: owner, repository: repository)
    }

    fileprivate func ask(_ path: String, _ options: String = "") async throws -> String {
        try await Fixture.shell("curl -sS --fail \(options) \"http://127.0.0.1:$1/$2\"", ["\(port)", path])
    }

    fileprivate func copy(_ owner: String, to other: String) async throws {
        let repositories = directory.pushing("docker/registry/v2/repositories")
        try await Fixture.shell("cp -a \"$1/$2\" \"$1/$3\"", [repositories.string, owner, other])
    }
}

/// The repository of one fixture in a registry.
struct RegistryPlace: Sendable {
    fileprivate let registry: RealRegistry
    fileprivate let owner: String
    let repository: RegistryRepository

    /// A copy of it, with all content.
    func copy() async throws -> RegistryPlace {
        let place = try await registry.repository()
        try await registry.copy(owner, to: place.owner)
        return place
    }

    /// All tags.
    func tags() async throws -> [String] {
        let answer = try JSONValue(parsing: Array(try await registry.ask("v2/\(owner)/image/tags/list").utf8))
        return (answer["tags"]?.array ?? []).compactMap(\.string).sorted()
    }

    /// The writing requests since the proxy was reset.
    func writes() async throws -> [String] {
        try await registry.ask("writes/\(owner)").split(separator: "\n").map(String.init)
    }

    /// Makes it read-only.
    func lock() async throws { _ = try await registry.ask("lock/\(owner)", "-X PUT") }

    /// Forwards that many writing requests; the next one and all requests after it get no response.
    func open(for writes: Int = 1 << 30) async throws {
        _ = try await registry.ask("door/\(owner)/\(writes)", "-X PUT")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import SystemPackage

/// The sources of credentials, in order of precedence. They are only read: `docker login` and `podman login` write
/// them.
package struct CredentialSources: Sendable {
    /// One source.
    enum Source: Hashable {
        /// A document in the environment variable of that name.
        case variable(String, String)
        /// A file, which may be absent unless it was `named`.
        case file(FilePath, named: Bool)
    }

    let sources: [Source]
    private let helper: CredentialProgram

    /// The available sources: a file that was named, `DOCKER_AUTH_CONFIG`, Docker's file, then those of
    /// containers-auth.json(5).
    ///
    /// - Parameters:
    ///   - environment: The process's environment.
    ///   - configuration: The file that was named; no other file is read then.
    ///   - userID: The user whose run-time directory is used when `XDG_RUNTIME_DIR` is not set.
    ///   - timeout: The time limit of each credential helper.
    package init(
        environment: [String: String], configuration: FilePath? = nil, userID: UInt32, timeout: Duration = .seconds(60)
    ) {
        helper = CredentialProgram(environment: environment, timeout: timeout)
        guard configuration == nil else {
            sources = configuration.map { [.file($0, named: true)] } ?? []
            return
        }
        let value = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let home = value("HOME").map { FilePath($0) }
        let docker = value("DOCKER_CONFIG").map { FilePath($0) } ?? home?.appending(".docker")
        let runtime = value("XDG_RUNTIME_DIR").map { FilePath($0) }
        let settings = value("XDG_CONFIG_HOME").map { FilePath($0) } ?? home?.appending(".config")
        let containers = [
            runtime?.appending("containers") ?? FilePath("/run/containers/\(userID)"),
            settings?.appending("containers"),
        ]
        let files: [Source?] =
            [docker.map { .file($0.appending("config.json"), named: false) }]
            + [value("REGISTRY_AUTH_FILE").map { .file(FilePath($0), named: true) }]
            + containers.map { $0.map { .file($0.appending("auth.json"), named: false) } }
        let variable = "DOCKER_AUTH_CONFIG"
        sources = (value(variable).map { [.variable(variable, $0)] } ?? []) + files.compactMap(\.self)
    }

    /// The first credential that a source has for a repository; `nil` for anonymous access.
    ///
    /// A helper that is absent, fails, or does not answer in time is noted, and the next source is asked.
    ///
    /// - Throws: `RegistryError.credentials`, `FileError`, `CancellationError`.
    package func credential(
        host: String, repository: String, noting failures: HelperFailures
    ) async throws -> Credential? {
        for source in sources {
            guard let (bytes, place) = try source.read() else { continue }
            let file = try CredentialFile(bytes, from: place)
            for lookup in try file.lookups(host: host, repository: repository, from: place) {
                switch lookup {
                case .credential(let credential): return credential
                case .helper(let name, let server):
                    do {
                        if let credential = try await helper.get(name, server: server) { return credential }
                    } catch let error as RegistryError { failures.note(error) }
                }
            }
        }
        return nil
    }
}

extension CredentialSources.Source {
    /// The document and its name in messages; `nil` when it does not exist.
    fileprivate func read() throws -> ([UInt8], String)? {
        switch self {
        case .variable(let name, let text): return (Array(text.utf8), "the variable \(name)")
        case .file(let path, let named):
            if !named, !Files.exists(path) { return nil }
            return (try Files.read(path, limit: CredentialFile.sizeLimit), "'\(path)'")
        }
    }
}

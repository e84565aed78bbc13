// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage

/// Docker or Podman, spoken to through its own command line: contexts, remote hosts and credentials are its business.
package struct CommandLineEngine: Sendable {
    /// Whose words are used.
    package let dialect: CommandLineDialect
    /// Where the program is.
    package let program: FilePath
    /// The version of the part that runs containers.
    package let version: String
    /// The environment that the program is given: the caller's.
    let environment: [String: String]

    /// Which one it is.
    package var kind: EngineKind { dialect.kind }

    /// Finds the engine and asks for its version.
    ///
    /// - Parameter environment: The caller's; `PATH` says where to look, and the program gets all of it.
    /// - Throws: `EngineError.engineMissing`, `.engineDown`, `.engineDenied`, `.engineTooOld`, `.engineFailed`.
    package static func find(
        _ dialect: CommandLineDialect, environment: [String: String]
    ) async throws -> CommandLineEngine {
        guard let program = locate(dialect, environment) else { throw EngineError.engineMissing(dialect.kind) }
        let unasked = CommandLineEngine(dialect: dialect, program: program, version: "", environment: environment)
        let answer = try await unasked.must(["version", "--format", "{{json .}}"], timeout: .seconds(30))
        let versions = try? JSONDecoder().decode(Versions.self, from: Data(answer.standardOutput))
        // Podman without a daemon is its own server.
        guard let text = versions?.server?.version ?? (dialect == .podman ? versions?.client?.version : nil),
            let version = EngineVersion(text)
        else { throw EngineError.engineFailed(dialect.kind, "it does not tell its version") }
        guard let oldest = EngineVersion(dialect.oldestVersion), version >= oldest else {
            throw EngineError.engineTooOld(dialect.kind, version: text, needed: dialect.oldestVersion)
        }
        return CommandLineEngine(dialect: dialect, program: program, version: text, environment: environment)
    }

    /// Whether the program is there; nothing is asked of it.
    package static func isInstalled(_ dialect: CommandLineDialect, environment: [String: String]) -> Bool {
        locate(dialect, environment) != nil
    }

    static func locate(_ dialect: CommandLineDialect, _ environment: [String: String]) -> FilePath? {
        let directories = (environment["PATH"] ?? BlockingProcess.path).split(separator: ":")
        return directories.map { FilePath(String($0)).appending(dialect.program) }.first {
            $0.isAbsolute && access($0.string, X_OK) == 0
        }
    }

    private struct Versions: Decodable {
        struct Part: Decodable {
            let version: String
            enum CodingKeys: String, CodingKey { case version = "Version" }
        }
        let client: Part?
        let server: Part?

        enum CodingKeys: String, CodingKey {
            case client = "Client"
            case server = "Server"
        }
    }
}

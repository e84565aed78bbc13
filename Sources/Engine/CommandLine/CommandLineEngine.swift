// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import SystemPackage

/// Docker or Podman through its own command line, which handles contexts, remote hosts and credentials.
package struct CommandLineEngine: Sendable {
    /// The command line's dialect.
    package let dialect: CommandLineDialect
    /// The path of the program.
    package let program: FilePath
    /// The version of the server part.
    package let version: String
    /// The environment of the program: the caller's.
    let environment: [String: String]

    /// The kind of engine.
    package var kind: EngineKind { dialect.kind }

    /// Finds the engine and queries its version.
    ///
    /// - Parameter environment: The caller's environment. `PATH` is searched, and the program gets all of it.
    /// - Throws: `EngineError.engineMissing`, `.engineDown`, `.engineDenied`, `.engineTooOld`, `.engineFailed`.
    package static func find(
        _ dialect: CommandLineDialect, environment: [String: String]
    ) async throws -> CommandLineEngine {
        guard let program = locate(dialect, environment) else { throw EngineError.engineMissing(dialect.kind) }
        let unasked = CommandLineEngine(dialect: dialect, program: program, version: "", environment: environment)
        let answer = try await unasked.must(["version", "--format", "{{json .}}"], timeout: .seconds(30))
        let versions = try? JSONDecoder().decode(Versions.self, from: Data(answer.standardOutput))
        // Without a daemon, Podman reports only a client version.
        guard let text = versions?.server?.version ?? (dialect == .podman ? versions?.client?.version : nil),
            let version = EngineVersion(text)
        else { throw EngineError.engineFailed(dialect.kind, "it reported no version") }
        guard let oldest = EngineVersion(dialect.oldestVersion), version >= oldest else {
            throw EngineError.engineTooOld(dialect.kind, version: text, needed: dialect.oldestVersion)
        }
        return CommandLineEngine(dialect: dialect, program: program, version: text, environment: environment)
    }

    /// Returns whether the program is installed, without running it.
    package static func isInstalled(_ dialect: CommandLineDialect, environment: [String: String]) -> Bool {
        locate(dialect, environment) != nil
    }

    static func locate(_ dialect: CommandLineDialect, _ environment: [String: String]) -> FilePath? {
        ExternalProgram.find(dialect.program, path: environment["PATH"] ?? EmbeddedEngine.toolEnvironment["PATH"])
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

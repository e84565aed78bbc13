// SPDX-License-Identifier: Apache-2.0

import Core
import OCI

/// Runs a credential helper, such as `docker-credential-pass` (docker/docker-credential-helpers, "Development").
struct CredentialProgram: Sendable {
    /// The helper's environment.
    let environment: [String: String]
    /// The time limit; a helper may prompt the user.
    let timeout: Duration

    /// The output of a helper without the credential, which is no failure.
    private static let notFound = "credentials not found in native keychain"

    /// The credential for `server`; `nil` when the helper has none.
    ///
    /// The helper's output is secret, and never part of a message.
    ///
    /// - Throws: `RegistryError.helper`, `CancellationError`.
    func get(_ name: String, server: String) async throws -> Credential? {
        let program = "docker-credential-\(name)"
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameCharacter) else {
            throw RegistryError.helper(program, problem: "it is not the name of a program")
        }
        let (output, isDone) = try await run(program, server)
        guard isDone else {
            let text = String(decoding: output, as: UTF8.self)
            if text.contains(Self.notFound) { return nil }
            throw RegistryError.helper(program, problem: "it failed for '\(server)'")
        }
        guard let answer = try? JSONValue(parsing: output, limit: 1 << 16),
            let user = answer["Username"]?.string, let secret = answer["Secret"]?.string
        else { throw RegistryError.helper(program, problem: "its output is invalid") }
        return user == "<token>" ? .identityToken(secret) : .password(user: user, secret: secret)
    }

    private static func isNameCharacter(_ byte: UInt8) -> Bool {
        Unicode.Scalar(byte).properties.isAlphabetic || (0x30...0x39).contains(byte) || "-_.".utf8.contains(byte)
    }

    private func run(_ program: String, _ server: String) async throws -> (output: [UInt8], isDone: Bool) {
        try await withThrowingTaskGroup(of: (output: [UInt8], isDone: Bool).self) { group in
            group.addTask { try await call(program, server) }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw RegistryError.helper(program, problem: "it did not answer within \(timeout)")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? ([], false)
        }
    }

    private func call(_ program: String, _ server: String) async throws -> (output: [UInt8], isDone: Bool) {
        do {
            let helper = try ExternalProgram(named: program, ["get"], environment: environment)
            let result = try await helper.result(input: Array(server.utf8), limit: 1 << 16, error: .null)
            return (result.standardOutput, result.status == 0)
        } catch is ProgramError {
            try Task.checkCancellation()
            throw RegistryError.helper(program, problem: "it cannot be run")
        }
    }
}

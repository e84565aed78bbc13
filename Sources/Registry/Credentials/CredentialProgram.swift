// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import OCI
import Subprocess
import SystemPackage

/// Runs a credential helper, such as `docker-credential-pass` (docker/docker-credential-helpers, "Development").
struct CredentialProgram: Sendable {
    /// The helper's environment.
    let environment: [String: String]
    /// The time limit; a helper may prompt the user.
    var timeout: Duration = .seconds(60)

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
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        let question = try question(server)
        do {
            let result = try await Subprocess.run(
                .name(program), arguments: ["get"],
                environment: .custom(Dictionary(uniqueKeysWithValues: variables)),
                input: .fileDescriptor(question, closeAfterSpawningProcess: true), output: .bytes(limit: 1 << 16),
                error: .discarded)
            return (result.standardOutput, result.terminationStatus.isSuccess)
        } catch is SubprocessError {
            try Task.checkCancellation()
            throw RegistryError.helper(program, problem: "it cannot be run")
        }
    }

    /// A pipe that already contains the whole request: a helper that exits without reading it causes no SIGPIPE.
    private func question(_ server: String) throws -> FileDescriptor {
        var ends: [Int32] = [-1, -1]
        guard clinux_pipe(&ends) == 0 else { throw FileError("open", "a pipe", Errno(rawValue: errno)) }
        let (reader, writer) = (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
        try mapErrno("write", "a pipe") { try writer.closeAfter { _ = try writer.writeAll(server.utf8.prefix(4096)) } }
        return reader
    }
}

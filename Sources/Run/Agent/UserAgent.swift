// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Glibc
import SystemPackage

/// The caller's own ssh-agent and the chosen key.
package struct UserAgent: Hashable, Sendable {
    /// Its socket.
    package let socket: FilePath
    /// The chosen key.
    package let key: AgentKey

    /// Queries the agent's keys and chooses one.
    ///
    /// - Parameters:
    ///   - socket: The value of `SSH_AUTH_SOCK`, if set.
    ///   - choice: The comment or the fingerprint of the key; optional when there is only one.
    /// - Throws: `RunError.agentUnusable`, `.keyChoice`.
    package init(socket: String?, choice: String?) throws(RunError) {
        guard let socket, !socket.isEmpty else { throw .agentUnusable("SSH_AUTH_SOCK is not set") }
        self.socket = FilePath(socket)
        key = try Self.choose(choice, among: Self.keys(of: self.socket))
    }

    /// The keys of an agent.
    ///
    /// - Throws: `RunError.agentUnusable`.
    package static func keys(of socket: FilePath) throws(RunError) -> [AgentKey] {
        let descriptor: Int32
        do { descriptor = try UnixSocket.connect(socket) } catch {
            throw .agentUnusable("'\(socket)' does not answer")
        }
        defer { close(descriptor) }
        let connection = AgentConnection(socket: descriptor)
        guard connection.send([AgentFilter.requestIdentities]), let answer = connection.receive(),
            let keys = AgentKey.list(answer)
        else { throw .agentUnusable("'\(socket)' does not answer as an agent does") }
        return keys
    }

    /// The only key that matches `choice`.
    package static func choose(_ choice: String?, among keys: [AgentKey]) throws(RunError) -> AgentKey {
        let found = keys.filter { key in
            choice.map { $0 == key.comment || $0 == key.fingerprint } ?? true
        }
        guard let key = found.first, found.count == 1 else {
            throw .keyChoice(choice ?? "one key", known: keys.map { "\($0.comment) \($0.fingerprint)" })
        }
        return key
    }
}

extension AgentKey {
    /// The fingerprint as printed by `ssh-add -l`: SHA-256 in base64 without padding.
    package var fingerprint: String {
        let hex = Array(Digest(of: blob).hex.utf8)
        let bytes = stride(from: 0, to: hex.count, by: 2).compactMap { index in
            UInt8(String(decoding: hex[index..<index + 2], as: UTF8.self), radix: 16)
        }
        return "SHA256:" + Data(bytes).base64EncodedString().replacing("=", with: "")
    }
}

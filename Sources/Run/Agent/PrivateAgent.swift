// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// An ssh-agent of the launcher with the key for coding agents. It ends with the launcher, however that ends.
package final class PrivateAgent: Sendable {
    /// Its socket.
    package let socket: FilePath
    private let process: ChildProcess
    private let leash: FileDescriptor

    /// Starts an agent in `directory`, which only the caller can enter, and adds the key.
    ///
    /// ssh-agent(1) ends with the command that it starts. Here the command is `cat`, which reads from a pipe whose
    /// other end this process holds and the kernel closes. (A signal at the parent's death would be lost, because
    /// ssh-agent is set-gid.)
    ///
    /// - Throws: `RunError.keyMissing`, `.toolFailed`, `ProgramError`, `FileError`.
    package init(key: FilePath, directory: FilePath, environment: [String: String]) throws {
        guard Files.exists(key) else { throw RunError.keyMissing(key) }
        socket = directory.appending("private-agent")
        let pipe: AnonymousPipe
        do { pipe = try AnonymousPipe() } catch { throw FileError("create", "a pipe", error) }
        leash = pipe.writer
        defer { try? pipe.reader.close() }
        process = try ExternalProgram(named: "ssh-agent", ["-a", socket.string, "cat"], environment: environment)
            .start(input: .descriptor(pipe.reader))
        do {
            // The socket exists before the agent listens, on a busy machine long before.
            for _ in 0..<400 where (try? UserAgent.keys(of: socket)) == nil { usleep(5_000) }
            let variables = environment.merging(["SSH_AUTH_SOCK": socket.string]) { $1 }
            let status = try ExternalProgram.onTerminal("ssh-add", ["-q", key.string], environment: variables)
            guard status == 0 else { throw RunError.toolFailed("ssh-add", status) }
        } catch {
            stop()
            throw error
        }
    }

    /// Ends the agent. It notices the end of `cat` within seconds.
    package func stop() {
        if let connected = try? UnixSocket.connect(socket) {
            let connection = AgentConnection(socket: connected)
            if connection.send([AgentFilter.removeAll]) { _ = connection.receive() }
            close(connected)
        }
        try? leash.close()
        _ = process.wait()
        unlink(socket.string)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A container that was started by `CommandLineLauncher.launch` and is removed by it.
package struct CommandLineContainer: StartedContainer {
    let engine: CommandLineEngine
    let plan: ContainerPlan
    /// The engine's ID of the container, 64 hexadecimal digits.
    package let id: String
    /// The PID of the first process on this machine.
    package let pid: Int32

    /// The root file system, with everything that is mounted in the container.
    package var rootfs: FilePath { FilePath("/proc/\(pid)/root") }

    /// Checks that the PID is a process of this machine and belongs to the container: the PIDs of a remote engine are
    /// those of another machine. Both engines mount files from a directory that is named after the container.
    ///
    /// - Throws: `EngineError.engineElsewhere`, `.containersNotOwned`.
    func checkPlace() throws {
        let directory = FilePath("/proc/\(pid)")
        guard pid > 0, Files.exists(directory) else { throw EngineError.engineElsewhere(engine.kind) }
        guard let mounts = try? Files.read(directory.appending("mountinfo"), limit: 1 << 24) else {
            throw EngineError.containersNotOwned(engine.kind)
        }
        guard String(decoding: mounts, as: UTF8.self).contains(id) else {
            throw EngineError.engineElsewhere(engine.kind)
        }
    }

    /// `exec`: runs one more process.
    ///
    /// - Throws: `EngineError`.
    package func exec(
        _ process: ProcessPlan, input: [UInt8], limit: Int, timeout: Duration
    ) async throws -> ProcessResult {
        let arguments = try EngineArguments(engine.dialect).exec(process, in: id, input: !input.isEmpty)
        let result = try await engine.call(arguments, input: input, limit: limit, timeout: timeout)
        // An engine exits with these statuses when it cannot start a command. Programs use them too, but without such a
        // message.
        let said = String(decoding: result.standardError, as: UTF8.self)
        if (125...127).contains(result.status), said.contains("OCI runtime") || said.hasPrefix("Error") {
            throw EngineError.runtimeFailed(
                runtime: engine.dialect.program, reason: CommandLineFailure.reason(said) ?? "it gave no reason")
        }
        return result
    }

    /// `logs`: the output of the first process, standard output before standard error.
    ///
    /// - Throws: `EngineError`.
    package func output(limit: Int) async throws -> [UInt8] {
        let result = try await engine.call(["logs", id], limit: limit)
        if let failure = CommandLineFailure(engine.kind, result) { throw failure.error }
        return result.standardOutput + result.standardError
    }

    /// The upper directory of the engine's overlay.
    package func written() async -> FilePath? {
        guard let path = try? await engine.inspect(id, "{{.GraphDriver.Data.UpperDir}}"), path.hasPrefix("/") else {
            return nil
        }
        return Files.exists(FilePath(path)) ? FilePath(path) : nil
    }

    /// `container inspect`.
    ///
    /// - Throws: `EngineError`.
    package func record() async throws -> [UInt8] {
        try await engine.must(["container", "inspect", id]).standardOutput
    }

    /// `wait`: returns the exit status.
    ///
    /// - Throws: `EngineError`.
    package func wait() async throws -> Int32 { try await ended(within: .seconds(1 << 24)) }

    /// `kill`, followed by SIGKILL after `grace`, and `wait`.
    ///
    /// - Throws: `EngineError`.
    package func stop(signal: Int32, grace: Duration) async throws -> Int32 {
        // A container that has ended cannot be signalled.
        _ = try await engine.call(["kill", "--signal", "\(signal)", id])
        do { return try await ended(within: grace) } catch EngineError.timedOut {
            _ = try await engine.call(["kill", "--signal", "\(SIGKILL)", id])
            return try await wait()
        }
    }

    private func ended(within limit: Duration) async throws -> Int32 {
        let result = try await engine.call(["wait", id], timeout: limit)
        if let failure = CommandLineFailure(engine.kind, result) { throw failure.error }
        let text = String(decoding: result.standardOutput.filter { $0 > 32 }, as: UTF8.self)
        guard let status = Int32(text) else { throw EngineError.engineFailed(engine.kind, "it reported no status") }
        return status
    }

    /// Ends and removes the container, also in a cancelled task.
    func remove() { engine.removeNow(id) }
}

extension CommandLineEngine {
    /// Returns one property of a container, by a Go template.
    func inspect(_ container: String, _ template: String) async throws -> String {
        let result = try await must(["container", "inspect", "--format", template, container])
        return String(decoding: result.standardOutput.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// Ends and removes a container with its anonymous volumes, outside of any task.
    func removeNow(_ container: String) {
        _ = try? client(["rm", "--force", "--volumes", container]).run()
    }

    /// Removes the containers whose launchers have ended.
    ///
    /// - Returns: The IDs of these containers.
    /// - Throws: `EngineError`, `FileError`.
    @discardableResult
    package func reap() async throws -> [String] {
        let filter = ["--filter", "label=\(LauncherMark.label)"]
        let answer = try await must(["ps", "--all", "--quiet", "--no-trunc"] + filter)
        let own = try LauncherMark.own()
        var gone: [String] = []
        for line in String(decoding: answer.standardOutput, as: UTF8.self).split(separator: "\n") {
            let id = String(line)
            // Another launcher may remove its container at the same time.
            guard let text = try? await inspect(id, "{{index .Config.Labels \"\(LauncherMark.label)\"}}"),
                let mark = LauncherMark(text), mark.isOrphan(seenBy: own)
            else { continue }
            removeNow(id)
            gone.append(id)
        }
        try await reapNetworks(seenBy: own)
        return gone
    }
}

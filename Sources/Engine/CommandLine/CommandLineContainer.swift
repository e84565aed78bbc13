// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// A container that was started by `CommandLineLauncher.launch` and is removed by it.
package struct CommandLineContainer: StartedContainer {
    let engine: CommandLineEngine
    let plan: ContainerPlan
    /// The engine's id of it, sixty-four hexadecimal digits.
    package let id: String
    /// Its first process, as this machine numbers it.
    package let pid: Int32

    /// What is mounted in the container is seen here too.
    package var rootfs: FilePath { FilePath("/proc/\(pid)/root") }

    /// Whether the number is one of this machine's processes and that process is the container's: a remote engine's
    /// numbers are another machine's. Both engines mount files of a directory that is called after the container.
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

    /// `exec`: one more process.
    ///
    /// - Throws: `EngineError`.
    package func exec(
        _ process: ProcessPlan, input: [UInt8], limit: Int, timeout: Duration
    ) async throws -> ProcessResult {
        let arguments = try EngineArguments(engine.dialect).exec(process, in: id, input: !input.isEmpty)
        let result = try await engine.call(arguments, input: input, limit: limit, timeout: timeout)
        // The statuses of a command that an engine could not start; programs have them as well, but say nothing then.
        let said = String(decoding: result.standardError, as: UTF8.self)
        if (125...127).contains(result.status), said.contains("OCI runtime") || said.hasPrefix("Error") {
            throw EngineError.runtimeFailed(
                runtime: engine.dialect.program, reason: CommandLineFailure.reason(said) ?? "it does not say why")
        }
        return result
    }

    /// `logs`: what its first process wrote, first to its standard output, then to its standard error.
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

    /// `wait`: its exit status, when it has one.
    ///
    /// - Throws: `EngineError`.
    package func wait() async throws -> Int32 { try await ended(within: .seconds(1 << 24)) }

    /// `kill`, twice if need be, and `wait`.
    ///
    /// - Throws: `EngineError`.
    package func stop(signal: Int32, grace: Duration) async throws -> Int32 {
        // One that has ended cannot be signalled, and need not.
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
        guard let status = Int32(text) else { throw EngineError.engineFailed(engine.kind, "it does not tell a status") }
        return status
    }

    /// Ends and removes it, in a cancelled task too.
    func remove() { engine.removeNow(id) }
}

extension CommandLineEngine {
    /// Something that the engine knows of a container, by a Go template.
    func inspect(_ container: String, _ template: String) async throws -> String {
        let result = try await must(["container", "inspect", "--format", template, container])
        return String(decoding: result.standardOutput.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// Ends and removes a container with its nameless volumes, without a task.
    func removeNow(_ container: String) {
        _ = try? BlockingProcess.run(
            program, ["rm", "--force", "--volumes", container], variables: environment.map { "\($0)=\($1)" })
    }

    /// Removes the containers of launchers that are gone.
    ///
    /// - Returns: Their ids.
    /// - Throws: `EngineError`, `FileError`.
    @discardableResult
    package func reap() async throws -> [String] {
        let filter = ["--filter", "label=\(LauncherMark.label)"]
        let answer = try await must(["ps", "--all", "--quiet", "--no-trunc"] + filter)
        let own = try LauncherMark.own()
        var gone: [String] = []
        for line in String(decoding: answer.standardOutput, as: UTF8.self).split(separator: "\n") {
            let id = String(line)
            // Another launcher may remove its container meanwhile.
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

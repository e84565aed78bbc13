// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Engine
import Glibc
import SystemPackage
import Testing

/// An engine in a temporary directory, with the machine's own files as a read-only root.
struct Fixture {
    /// An unexpected result outside of the test's subject.
    struct Unexpected: Error {}

    let engine: EmbeddedEngine
    let directory: FilePath

    /// Whether this process can run containers: root of the machine, in a mount namespace of its own.
    static let isPossible: Bool = {
        guard let host = try? HostFacts.current(), !host.rootless, geteuid() == 0 else { return false }
        return canStart
    }()

    /// Whether the engine accepts this process's mount namespace.
    static var canStart: Bool {
        let runtime = OCIRuntime(path: "/", name: "", version: "")
        let host = HostFacts(cgroups: .absent, rootless: false)
        let directory = FilePath("/tmp/engine-trial-\(Files.uniqueSuffix())")
        defer { try? Files.removeTree(directory) }
        return (try? EmbeddedEngine(runtime: runtime, scratch: directory, host: host)) != nil
    }

    static func with<Result>(_ body: (Fixture) async throws -> Result) async throws -> Result {
        let directory = FilePath("/tmp/engine-trial-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory)
        defer { try? Files.removeTree(directory) }
        // A separate file system: overlayfs refuses lower directories that contain each other.
        try await tool("/usr/bin/mount", ["-t", "tmpfs", "fixture", directory.string])
        defer { _ = clinux_detach(directory.string) }
        return try await body(
            Fixture(engine: try await .find(scratch: directory.appending("scratch")), directory: directory))
    }

    /// Runs a program of the machine, which must succeed, and returns its output.
    @discardableResult
    static func tool(_ path: FilePath, _ arguments: [String]) async throws -> String {
        let result = try await ExternalProgram(path, arguments, environment: ExternalProgram.ownEnvironment)
            .result(limit: 1 << 20, error: .output)
        guard result.status == 0 else { throw Unexpected() }
        return String(decoding: result.standardOutput, as: UTF8.self)
    }

    /// The lines of `/proc/<pid>/status`.
    static func status(of pid: Int32) throws -> [String: String] {
        let text = String(decoding: try Files.read(FilePath("/proc/\(pid)/status"), limit: 1 << 16), as: UTF8.self)
        let pairs = text.split(separator: "\n").compactMap { line in
            line.firstIndex(of: ":").map { (String(line[..<$0]), String(line[$0...].dropFirst(2))) }
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The target of a symbolic link.
    static func link(_ path: String) throws -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard readlink(path, &buffer, 255) > 0 else { throw Unexpected() }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A plan with the machine's own files and the `extra` directories on top.
    func plan(
        _ arguments: [String], profile: HardeningProfile = .configureStep, extra: [FilePath] = [],
        mounts: [BindMount] = []
    ) -> ContainerPlan {
        ContainerPlan(
            name: "fixture", lowerDirectories: ["/"] + extra, arguments: arguments, mounts: mounts, profile: profile)
    }

    /// A plan with an almost empty directory and the machine's programs mounted, for machines where `/` cannot be a
    /// lower directory.
    func smallPlan(_ arguments: [String]) throws -> ContainerPlan {
        let base = directory.appending("base")
        for name in ["usr", "etc", "proc", "dev", "sys", "tmp"] { try Files.makeDirectories(base.appending(name)) }
        for name in ["bin", "sbin", "lib", "lib64"] { symlink("usr/\(name)", base.appending(name).string) }
        return ContainerPlan(
            name: "small", lowerDirectories: [base], arguments: arguments,
            mounts: [BindMount(source: "/usr", target: "/usr")], profile: .configureStep)
    }

    /// Runs a shell script in a container and returns its output and its status.
    func shell(
        _ script: String, profile: HardeningProfile = .configureStep, extra: [FilePath] = [], mounts: [BindMount] = []
    ) async throws -> (output: String, status: Int32) {
        let output = Received()
        let status = try await engine.run(
            plan(["/bin/sh", "-c", script], profile: profile, extra: extra, mounts: mounts),
            output: .capture(output.set)
        ) { _, status in status }
        return (output.text, status)
    }

    /// Creates a directory with one file.
    func layer(_ name: String, file: String, _ text: String) throws -> FilePath {
        let path = directory.appending(name)
        let target = path.appending(file)
        try Files.makeDirectories(target.removingLastComponent())
        try Files.write(Array(text.utf8), to: target)
        return path
    }
}

/// The values that a callback received. `@unchecked` because the engine calls it once, before `run` returns.
final class Received: @unchecked Sendable {
    private var bytes: [UInt8] = []
    var text: String { String(decoding: bytes, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n").map(String.init) }

    @Sendable func set(_ received: [UInt8]) { bytes = received }
    @Sendable func add(_ line: String) { bytes += Array((line + "\n").utf8) }
}

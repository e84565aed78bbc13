// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// The directory of one container on the host: its mounted root file system, its changes, its `config.json`.
struct ContainerScratch: Sendable {
    let directory: FilePath
    private let owner: FileDescriptor

    var identifier: String { directory.lastComponent?.string ?? "" }
    var rootPath: FilePath { directory.appending("root") }
    var data: FilePath { directory.appending("data") }
    var upper: FilePath { data.appending("upper") }
    var work: FilePath { data.appending("work") }
    var bundle: FilePath { directory.appending("bundle") }
    var configuration: FilePath { bundle.appending("config.json") }
    var runtimeLog: FilePath { directory.appending("runtime.log") }
    var processFile: FilePath { directory.appending("pid") }
    var output: FilePath { directory.appending("output.log") }
    var network: FilePath { directory.appending("network") }
    var networkLog: FilePath { directory.appending("network.log") }
    var networkProcessFile: FilePath { directory.appending("network.pid") }
    var resolverFile: FilePath { directory.appending("resolv.conf") }

    /// Creates the directory below `scratch` and mounts the root file system of `plan`.
    init(for plan: ContainerPlan, below scratch: FilePath, rootless: Bool) throws {
        try Self.check(name: plan.name)
        directory = scratch.appending("\(plan.name)-\(String(UInt64.random(in: 0 ... .max), radix: 36))")
        try Files.makeDirectories(scratch)
        owner = try Files.takingTurns(in: scratch) { [directory] in
            try Files.makeDirectories(directory)
            chmod(directory.string, 0o700)
            let file = directory.appending("owner")
            let owner = try mapErrno("create", file) {
                try FileDescriptor.open(
                    file, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
            }
            flock(owner.rawValue, LOCK_EX | LOCK_NB)
            return owner
        }
        do { try prepare(plan, rootless: rootless) } catch {
            remove()
            throw error
        }
    }

    /// Takes ownership of the directories that ended processes left below `scratch`.
    ///
    /// - Throws: `FileError`.
    static func left(below scratch: FilePath) throws -> [ContainerScratch] {
        try Files.makeDirectories(scratch)
        return try Files.takingTurns(in: scratch) {
            try Files.list(scratch).compactMap { ContainerScratch(left: $0, below: scratch) }
        }
    }

    /// Takes ownership of the directory `name` that an ended process left below `scratch`; `nil` when its owner is
    /// alive.
    ///
    /// The owner holds a lock that the kernel releases with the process; unlike a PID, a lock cannot be reused.
    private init?(left name: String, below scratch: FilePath) {
        directory = scratch.appending(name)
        let file = directory.appending("owner")
        guard let owner = try? FileDescriptor.open(file, .readWrite, options: .closeOnExec) else { return nil }
        guard flock(owner.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            try? owner.close()
            return nil
        }
        self.owner = owner
    }

    private static func check(name: String) throws {
        let valid = name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "_.+-".utf8.contains($0)
        }
        guard valid, !name.isEmpty, !name.hasPrefix("."), name.utf8.count <= 128 else {
            throw EngineError.invalidName(name)
        }
    }

    private func prepare(_ plan: ContainerPlan, rootless: Bool) throws {
        for path in [rootPath, bundle, data] { try Files.makeDirectories(path) }
        if plan.upper == .memory { try mountMemory(rootless: rootless) }
        for path in [upper, work] { try Files.makeDirectories(path) }
        // The container's root has the mode of the upper directory, not that of the lower ones.
        chmod(upper.string, 0o755)
        _ = try OverlayMount(
            lowerDirectories: plan.lowerDirectories, upper: upper, work: work, target: rootPath, rootless: rootless)
    }

    /// Mounts a tmpfs for the container's changes. A rootless overlay stores its marks in `user.` attributes, which
    /// tmpfs supports since Linux 6.6; on older kernels the changes are stored on disk.
    private func mountMemory(rootless: Bool) throws {
        guard clinux_mount("opencode-docker", data.string, "tmpfs", 0, "mode=0700") == 0 else {
            throw FileError("mount a directory in memory on", data, Errno(rawValue: errno))
        }
        if rootless, clinux_keeps_user_attributes(data.string) == 0 { _ = clinux_detach(data.string) }
    }

    /// Unmounts and removes the directory. Remains that cannot be removed are retried at the next start.
    func remove() {
        _ = clinux_detach(rootPath.string)
        _ = clinux_detach(data.string)
        try? Files.removeTree(directory)
        try? owner.close()
    }
}

// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// The folder of one container on the host: its mounted root file system, what it writes, its `config.json`.
struct ContainerScratch: Sendable {
    let folder: FilePath
    let identifier: String

    var rootPath: FilePath { folder.appending("root") }
    var upper: FilePath { folder.appending("data").appending("upper") }
    var work: FilePath { folder.appending("data").appending("work") }
    var bundle: FilePath { folder.appending("bundle") }
    var configuration: FilePath { bundle.appending("config.json") }
    var runtimeLog: FilePath { folder.appending("runtime.log") }
    var processFile: FilePath { folder.appending("pid") }
    var output: FilePath { folder.appending("output.log") }

    /// Makes the folder below `scratch` and mounts the root file system of `plan`.
    init(for plan: ContainerPlan, below scratch: FilePath, rootless: Bool) throws {
        let valid = plan.name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "_.+-".utf8.contains($0)
        }
        guard valid, !plan.name.isEmpty, !plan.name.hasPrefix(".") else { throw EngineError.invalidName(plan.name) }
        identifier = "\(plan.name)-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        folder = scratch.appending(identifier)
        do { try prepare(plan, rootless: rootless) } catch {
            remove()
            throw error
        }
    }

    private func prepare(_ plan: ContainerPlan, rootless: Bool) throws {
        for path in [rootPath, bundle, folder.appending("data")] { try Files.makeDirectories(path) }
        chmod(folder.string, 0o700)
        if plan.upper == .memory { try mountMemory(on: folder.appending("data")) }
        for path in [upper, work] { try Files.makeDirectories(path) }
        // The root of the container has the mode of the upper folder, whatever the lower ones have.
        chmod(upper.string, 0o755)
        _ = try OverlayMount(
            lowerDirectories: plan.lowerDirectories, upper: upper, work: work, target: rootPath, rootless: rootless)
    }

    private func mountMemory(on target: FilePath) throws {
        guard clinux_mount("opencode-docker", target.string, "tmpfs", 0, "mode=0700") == 0 else {
            throw FileError("mount a folder in memory on", target, Errno(rawValue: errno))
        }
    }

    /// Takes the mounts away and removes the folder. What cannot be removed stays: it is the scratch folder's business.
    func remove() {
        _ = clinux_detach(rootPath.string)
        _ = clinux_detach(folder.appending("data").string)
        try? Files.removeTree(folder)
    }
}

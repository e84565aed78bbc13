// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage

/// What the verifier brings into the container: the probe, a set-uid copy of it, and something that cannot be written.
struct Equipment: Sendable {
    /// Where it is seen in the container.
    static let place = "/.verify"
    /// The folder on the host; nobody else may enter it, for one of its files is set-uid.
    private let folder: FilePath
    /// Where the second container is in its network.
    var neighbourAddresses: [String] = []

    /// - Throws: `FileError`.
    init(probe: FilePath, scratch: FilePath) throws {
        folder = scratch.appending(".verify-\(Files.uniqueSuffix())")
        for name in ["canary", "neighbour"] { try Files.makeDirectories(folder.appending(name)) }
        chmod(folder.string, 0o700)
        let program = try Files.read(probe, limit: 1 << 26)
        for name in ["probe", "helper"] { try Files.write(program, to: folder.appending(name)) }
        try Files.write(Array("canary\n".utf8), to: folder.appending("canary").appending("file"))
        for (name, mode) in [("probe", 0o755), ("helper", 0o4755), ("canary", 0o755)] as [(String, mode_t)] {
            guard chmod(folder.appending(name).string, mode) == 0 else {
                throw FileError("change the mode of", folder.appending(name), Errno(rawValue: errno))
            }
        }
    }

    /// A file that was made before the container was started.
    var mark: FilePath { folder.appending("canary").appending("file") }

    func remove() { try? Files.removeTree(folder) }

    /// What is mounted, below `place`.
    static let parts = ["probe", "helper", "canary"]

    /// A plan with the equipment in it, and the probe behind the entrypoint: what the container's own program sees is
    /// evidence as well.
    func added(to plan: ContainerPlan, for subject: VerifySubject) -> ContainerPlan {
        var plan = plan
        plan.terminal = false
        plan.mounts += Self.parts.map {
            // Without `nosuid`, or the mount would stop what no-new-privileges is to stop.
            BindMount(source: folder.appending($0), target: "\(Self.place)/\($0)", noSuid: $0 != "helper")
        }
        plan.arguments = subject.entrypoint + command(for: subject) + ["--wait"]
        return plan
    }

    /// The plan of a second container that runs beside: the same in everything but its workspace, which is its own.
    func neighbour(of plan: ContainerPlan, for subject: VerifySubject) -> ContainerPlan {
        var plan = plan
        plan.terminal = false
        plan.name += "-neighbour"
        let own = folder.appending("neighbour")
        chown(own.string, subject.userID, subject.groupID)
        for index in plan.mounts.indices where plan.mounts[index].target == subject.workspace {
            plan.mounts[index].source = own
        }
        plan.mounts.append(BindMount(source: folder.appending("probe"), target: "\(Self.place)/probe"))
        plan.arguments =
            subject.entrypoint + ["\(Self.place)/probe", "--be-neighbour", subject.neighbourToken]
            + (subject.workspace.map { [$0] } ?? [])
        return plan
    }

    /// The probe's command line.
    func command(for subject: VerifySubject) -> [String] {
        let own = ["\(Self.place)/canary", "\(Self.place)/canary/file"]
        let readOnly = own + subject.plan.mounts.filter(\.readOnly).map(\.target)
        let skipped = ["\(Self.place)/helper"] + (subject.workspace.map { [$0] } ?? [])
        let helper = "\(Self.place)/helper"
        var command = ["\(Self.place)/probe", "--helper", helper, "--neighbour", subject.neighbourToken]
        for address in neighbourAddresses { command += ["--neighbour-address", address] }
        for path in readOnly { command += ["--read-only", path] }
        for path in skipped { command += ["--skip-tree", path] }
        if let workspace = subject.workspace { command += ["--workspace", workspace] }
        return command
    }
}

extension ExpectedContainer {
    /// What follows from the subject, with the verifier's equipment, on an engine.
    package init(_ subject: VerifySubject, on engine: any ContainerEngine) {
        let plan = subject.plan
        let profile = plan.profile
        let root = profile.readOnlyRoot ? "/:ro" : "/:rw"
        let own = engine.ownMounts(plan)
        let memory = profile.temporaryFileSystems.map { "\($0.target):\($0.options.contains("ro") ? "ro" : "rw")" }
        let binds = plan.mounts.map { "\($0.target):\($0.readOnly ? "ro" : "rw")" }
        let parts = Equipment.parts.map { "\(Equipment.place)/\($0)" }
        self.init(
            userID: subject.userID, groupID: subject.groupID, capabilities: profile.capabilities,
            hostname: plan.hostname, processLimit: profile.limits.pids,
            readOnlyRoot: profile.readOnlyRoot,
            mounts: [root] + memory + binds + own + parts.map { "\($0):ro" },
            bindTargets: plan.mounts.map(\.target) + parts + own.map { String($0.dropLast(3)) },
            sockets: profile.sudo ? ["/run/opencode-docker/sudo"] : [], hasSudo: profile.sudo,
            hasWorkspace: subject.workspace != nil, hasNetwork: profile.network != .none,
            beyondEngine: Self.beyond(engine, profile), rootless: engine.host.rootless)
    }

    /// Docker hides a list of the kernel's files and cannot be told of more; runc mounts nothing else below /proc.
    /// Podman makes `/` itself a folder that its owner cannot write to (mode 0555).
    private static func beyond(_ engine: any ContainerEngine, _ profile: HardeningProfile) -> Set<String> {
        switch engine.kind {
        case .embedded: []
        case .docker: ["proc.masked_interrupts", "proc.masked_powercap"]
        case .podman: profile.readOnlyRoot ? [] : ["mnt.root_write"]
        }
    }
}

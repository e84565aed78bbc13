// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Foundation
import Glibc
import SystemPackage
import Verify

/// One way to make a container weaker than it claims.
struct Weakening: Sendable {
    let name: String
    /// The claims that must turn red.
    let claims: [String]
    /// Changes the subject; files that it needs are written to the directory.
    let change: @Sendable (inout VerifySubject, FilePath) async throws -> Void

    init(
        _ name: String, _ claims: [String],
        _ change: @escaping @Sendable (inout VerifySubject, FilePath) async throws -> Void
    ) {
        self.name = name
        self.claims = claims
        self.change = change
    }

    static let all = profiles + mounts + images + pretenders + environment + leaks + capabilities

    /// All weakenings, or those that the environment selects.
    static var chosen: [Weakening] {
        let names = ProcessInfo.processInfo.environment["OPENCODE_DOCKER_WEAKENINGS"]?.split(separator: ",").map(
            String.init)
        return names.map { names in all.filter { names.contains($0.name) } } ?? all
    }

    /// Each capability that this machine has, on its own, and all of them.
    static let capabilities: [Weakening] = {
        let granted: Set<Capability> = [.chown, .fileOwner, .setGroupID, .setUserID]
        let available = held()
        let single = available.subtracting(granted).sorted { $0.bit < $1.bit }.map { extra in
            Weakening("+\(extra.rawValue)", ["C08"]) { subject, _ in subject.plan.profile.capabilities.insert(extra) }
        }
        return single + [
            Weakening("all capabilities", ["C08", "C23"]) { subject, _ in subject.plan.profile.capabilities = available
            }
        ]
    }()

    /// The capabilities that this process can pass on, from its bounding set (proc(5)).
    private static func held() -> Set<Capability> {
        let status = String(decoding: (try? Files.read("/proc/self/status", limit: 1 << 16)) ?? [], as: UTF8.self)
        let line = status.split(separator: "\n").first { $0.hasPrefix("CapBnd:") }
        let mask = line.flatMap { UInt64($0.dropFirst(8), radix: 16) } ?? 0
        return Set(Capability.allCases.filter { mask >> UInt64($0.bit) & 1 == 1 })
    }

    static let profiles = [
        Weakening("no seccomp", ["C02", "C03", "C18", "C19"]) { subject, _ in subject.plan.profile.seccomp = nil },
        Weakening("no no-new-privileges", ["C09"]) { subject, _ in subject.plan.profile.noNewPrivileges = false },
        Weakening("host pid", ["C03", "C05"]) { subject, _ in subject.plan.profile.namespaces.remove(.pid) },
        Weakening("host network", ["C03", "C05"]) { subject, _ in subject.plan.profile.network = .host },
        Weakening("host ipc", ["C03", "C05"]) { subject, _ in subject.plan.profile.namespaces.remove(.ipc) },
        Weakening("host uts", ["C03"]) { subject, _ in subject.plan.profile.namespaces.remove(.uts) },
        Weakening("no process limit", ["C26"]) { subject, _ in subject.plan.profile.limits = ResourceLimits() },
        Weakening("nothing masked", ["C19"]) { subject, _ in subject.plan.profile.maskedPaths = [] },
        // The effects of `--privileged`: each of two protections suffices alone, so both are removed for some probes to
        // notice.
        Weakening("privileged", ["C02", "C03", "C05", "C08", "C14", "C18", "C19"]) { subject, _ in
            subject.plan.profile.capabilities = held()
            subject.plan.profile.seccomp = nil
            subject.plan.profile.maskedPaths = []
            subject.plan.profile.readOnlyPaths = []
        },
        Weakening("debugging refused", ["C03"]) { subject, _ in subject.refuse("ptrace") },
        Weakening("change of mode refused", ["C06"]) { subject, _ in subject.refuse("fchmodat") },
        Weakening("sockets refused", ["C06"]) { subject, _ in
            subject.refuse("socket")
            subject.plan.environment.append("OPENCODE_SUDO=0")
        },
        Weakening("nothing read-only", ["C19"]) { subject, _ in subject.plan.profile.readOnlyPaths = [] },
        // The opposite direction: granted privileges must exist, or the denials show only that nothing works.
        Weakening("root without capabilities", ["C08"]) { subject, _ in
            (subject.plan.userID, subject.plan.groupID) = (1000, 1000)
            subject.plan.profile.capabilities = []
        },
    ]

    static let mounts = [
        Weakening("engine socket", ["C02", "C05"]) { subject, directory in
            let path = directory.appending("docker.sock")
            let script = "import socket; socket.socket(socket.AF_UNIX).bind('\(path)')"
            if !Files.exists(path) { try await tool("/usr/bin/python3", ["-c", script]) }
            subject.plan.mounts.append(BindMount(source: path, target: "/run/docker.sock", readOnly: false))
        },
        Weakening("another mount", ["C02"]) { subject, directory in
            subject.plan.mounts.append(BindMount(source: directory.appending("data"), target: "/mnt"))
        },
        Weakening("directory shared by two projects", ["C02", "C05"]) { subject, directory in
            let shared = directory.appending("shared")
            try Files.makeDirectories(shared)
            chmod(shared.string, 0o1777)
            subject.plan.mounts.append(BindMount(source: shared, target: "/var/tmp", readOnly: false))
        },
        Weakening("read-only mount writable", ["C14"]) { subject, _ in
            for index in subject.plan.mounts.indices { subject.plan.mounts[index].readOnly = false }
        },
        Weakening("sockets of other engines", ["C02", "C05"]) { subject, directory in
            let names = [
                "containerd/containerd.sock", "podman/podman.sock", "crio/crio.sock", "dbus/system_bus_socket",
            ]
            for name in names {
                let source = directory.appending("docker.sock")
                subject.plan.mounts.append(BindMount(source: source, target: "/run/\(name)", readOnly: false))
            }
        },
        Weakening("devices", ["C02", "C19"]) { subject, directory in
            let names = [
                "mem", "kmem", "kvm", "fuse", "sda", "vda", "nvme0n1", "net/tun", "loop-control", "vhost-net", "dri",
            ]
            let file = directory.appending("device")
            try Files.write([], to: file)
            for name in names { subject.plan.mounts.append(BindMount(source: file, target: "/dev/\(name)")) }
        },
        Weakening("control groups writable", ["C19"]) { subject, _ in
            subject.plan.mounts.append(
                BindMount(source: "/sys/fs/cgroup", target: "/sys/fs/cgroup", readOnly: false))
        },
        Weakening("kernel objects writable", ["C19"]) { subject, _ in
            subject.plan.mounts.append(BindMount(source: "/sys", target: "/sys", readOnly: false))
        },
        Weakening("workspace read-only", ["C06"]) { subject, _ in
            for index in subject.plan.mounts.indices { subject.plan.mounts[index].readOnly = true }
        },
    ]

    /// Runs a program of the machine.
    static func tool(_ path: FilePath, _ arguments: [String]) async throws {
        _ = try await ExternalProgram(path, arguments, environment: ExternalProgram.ownEnvironment).start().ended()
    }
}

extension VerifySubject {
    /// Removes a system call from the filter's allow list by renaming it to an unknown call.
    fileprivate mutating func refuse(_ call: String) {
        let filter = String(decoding: plan.profile.seccomp ?? [], as: UTF8.self)
        plan.profile.seccomp = Array(filter.replacing("\"\(call)\"", with: "\"no_\(call)\"").utf8)
    }
}

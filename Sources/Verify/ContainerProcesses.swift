// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Engine
import Glibc
import SystemPackage

/// The processes of a container, read from the host's /proc (proc(5)) without any program of the image.
struct ContainerProcesses: Sendable {
    /// The PID of the container's first process.
    let first: Int32
    /// The control groups of the first process that belong to the container alone, as in `/proc/<pid>/cgroup`.
    private let controlGroups: Set<String>
    /// The container's PID namespace; `nil` when it is shared with this program.
    private let namespace: String?
    private let users: IdentifierMap
    private let groups: IdentifierMap

    init(_ container: any StartedContainer) {
        first = container.pid
        let directory = FilePath("/proc/\(container.pid)")
        controlGroups = Self.lines(directory, "cgroup").filter { $0.contains(container.id) }
        let theirs = Self.link(directory.pushing("ns/pid"))
        namespace = theirs == Self.link("/proc/self/ns/pid") ? nil : theirs
        let isForeign = Self.link(directory.pushing("ns/user")) != Self.link("/proc/self/ns/user")
        users = isForeign ? IdentifierMap(Self.text(directory.appending("uid_map"))) : .identity
        groups = isForeign ? IdentifierMap(Self.text(directory.appending("gid_map"))) : .identity
    }

    /// All PIDs: those of the control groups and those of the PID namespace.
    func all() -> [Int32] {
        let numbers = ((try? Files.list("/proc")) ?? []).compactMap { Int32($0) }
        return numbers.filter { $0 == first || belongs(FilePath("/proc/\($0)")) }
    }

    private func belongs(_ directory: FilePath) -> Bool {
        if let namespace, Self.link(directory.pushing("ns/pid")) == namespace { return true }
        return Self.lines(directory, "cgroup").contains { line in
            controlGroups.contains { line == $0 || line.hasPrefix("\($0)/") }
        }
    }

    /// The credentials and privileges of `process`; `nil` when it has ended or is a zombie.
    func identity(of process: Int32) -> ProcessIdentity? {
        let status = Self.text(FilePath("/proc/\(process)/status"))
        guard !status.contains("\nState:\tZ"), !status.contains("\nState:\tX") else { return nil }
        return ProcessIdentity(status: status, users: users, groups: groups)
    }

    /// The arguments of `process`, beginning with its name.
    func arguments(of process: Int32) -> [String] {
        Self.text(FilePath("/proc/\(process)/cmdline")).split(separator: "\0", omittingEmptySubsequences: false).map(
            String.init)
    }

    /// The name of `process`, reduced to letters, digits and a few punctuation characters.
    func name(of process: Int32) -> String {
        let name = Self.text(FilePath("/proc/\(process)/comm")).prefix { $0 != "\n" }
        return String(name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.:[]".contains($0)) })
    }

    /// The executable of `process`.
    func program(of process: Int32) -> ImageFileIdentity? {
        ImageFileIdentity(following: FilePath("/proc/\(process)/exe"))
    }

    /// Returns whether the executable of `process` is on the container's file systems; before that, it is still a
    /// process of the runtime.
    func hasStarted(_ process: Int32) -> Bool {
        guard let mount = Self.mount(of: FilePath("/proc/\(process)/exe")) else { return false }
        return Self.lines(FilePath("/proc/\(first)"), "mountinfo").contains { $0.hasPrefix("\(mount) ") }
    }

    /// The mount ID of a file (proc(5), `/proc/<pid>/fdinfo`).
    private static func mount(of path: FilePath) -> Substring? {
        let mode = FileDescriptor.AccessMode(rawValue: clinux_o_path)
        guard let file = try? FileDescriptor.open(path, mode, options: .closeOnExec) else { return nil }
        defer { try? file.close() }
        let information = text(FilePath("/proc/self/fdinfo/\(file.rawValue)")).split(separator: "\n")
        return information.first { $0.hasPrefix("mnt_id:") }?.dropFirst(7).drop { $0 == "\t" || $0 == " " }
    }

    private static func lines(_ directory: FilePath, _ file: FilePath.Component) -> Set<String> {
        Set(text(directory.appending(file)).split(separator: "\n").map(String.init))
    }

    private static func text(_ path: FilePath) -> String {
        String(decoding: (try? Files.read(path, limit: 1 << 24)) ?? [], as: UTF8.self)
    }

    private static func link(_ path: FilePath) -> String? { try? Files.target(of: path) }
}

/// The identity of a file, independent of its path.
struct ImageFileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    /// The identity of an open file; `nil` when it cannot be determined.
    init?(_ file: FileDescriptor) {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The identity of the file at a path of this program or of /proc, following links; `nil` when there is none.
    init?(following path: FilePath) {
        var status = stat()
        guard stat(path.string, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
    }
}

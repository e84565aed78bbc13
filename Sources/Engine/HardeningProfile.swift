// SPDX-License-Identifier: Apache-2.0

/// One profile of `image/hardening.yaml` as a typed value. The container's configuration, the engines' argument lists
/// and the tables of the documentation are rendered from it.
package struct HardeningProfile: Hashable, Sendable {
    /// Its name in `hardening.yaml`.
    package var name: String
    /// The capabilities of the container's root; also the bounding set of every process.
    package var capabilities: Set<Capability>
    /// Whether no process can gain a privilege by executing a file (prctl(2), `PR_SET_NO_NEW_PRIVS`).
    package var noNewPrivileges: Bool
    /// The seccomp filter as the JSON value of `linux.seccomp` (runtime-spec, config-linux.md); `nil` for no filter.
    package var seccomp: [UInt8]?
    /// Kernel files and directories that are hidden.
    package var maskedPaths: [String]
    /// Kernel files and directories that are read-only.
    package var readOnlyPaths: [String]
    /// Whether the root file system itself is read-only.
    package var readOnlyRoot: Bool
    /// Whether the sudo server runs.
    package var sudo: Bool
    /// The network access.
    package var network: NetworkMode
    /// The resource limits.
    package var limits: ResourceLimits
    /// Tmpfs mounts, in mount order.
    package var temporaryFileSystems: [TemporaryFileSystem]
    /// The container's own namespaces.
    package var namespaces: Set<Namespace>

    /// Creates a profile; every default is the most restrictive value.
    package init(
        name: String, capabilities: Set<Capability> = [], noNewPrivileges: Bool = true, seccomp: [UInt8]? = nil,
        maskedPaths: [String] = Self.standardMaskedPaths, readOnlyPaths: [String] = Self.standardReadOnlyPaths,
        readOnlyRoot: Bool = true, sudo: Bool = false, network: NetworkMode = .none,
        limits: ResourceLimits = ResourceLimits(pids: 1024),
        temporaryFileSystems: [TemporaryFileSystem] = Self.standardTemporaryFileSystems,
        namespaces: Set<Namespace> = Set(Namespace.allCases)
    ) {
        self.name = name
        self.capabilities = capabilities
        self.noNewPrivileges = noNewPrivileges
        self.seccomp = seccomp
        self.maskedPaths = maskedPaths
        self.readOnlyPaths = readOnlyPaths
        self.readOnlyRoot = readOnlyRoot
        self.sudo = sudo
        self.network = network
        self.limits = limits
        self.temporaryFileSystems = temporaryFileSystems
        self.namespaces = namespaces
    }
}

/// The network access of a container.
package enum NetworkMode: String, CaseIterable, Sendable, Codable {
    /// Only its own loopback interface.
    case none
    /// Everything that the host reaches, from its own network namespace.
    case full
    /// The host's interfaces: for debugging, never a profile's value.
    case host
}

/// The kinds of namespaces (namespaces(7)).
package enum Namespace: String, CaseIterable, Sendable, Codable {
    case pid, network, ipc, uts, mount, cgroup
}

/// Resource limits of a container; `nil` for no limit.
package struct ResourceLimits: Hashable, Sendable, Codable {
    /// The number of processes and threads.
    package var pids: Int?
    /// The memory in bytes.
    package var memory: UInt64?
    /// The CPU time in processors, such as 1.5.
    package var cpus: Double?
    /// The size of `/dev/shm` in bytes (shm_overview(7)); counts as memory.
    package var sharedMemory: UInt64

    /// Creates limits; without arguments there are none, but for the engines' default size of `/dev/shm`.
    package init(
        pids: Int? = nil, memory: UInt64? = nil, cpus: Double? = nil, sharedMemory: UInt64 = Self.usualSharedMemory
    ) {
        self.pids = pids
        self.memory = memory
        self.cpus = cpus
        self.sharedMemory = sharedMemory
    }

    /// The size of `/dev/shm` that container engines have without an option.
    package static let usualSharedMemory: UInt64 = 64 << 20

    /// Whether there are no limits.
    package var isEmpty: Bool { pids == nil && memory == nil && cpus == nil }
}

/// A tmpfs mount.
package struct TemporaryFileSystem: Hashable, Sendable {
    /// The owner of the directory.
    package enum Owner: String, Sendable, CaseIterable, Codable {
        /// The container's root.
        case root
        /// The user and the group of the plan's program.
        case user
    }

    /// The mount point, an absolute path.
    package var target: String
    /// Mount options (mount(8), tmpfs(5)), without the size and the owner.
    package var options: [String]
    /// The size in bytes; `nil` for the kernel's default, half of the memory.
    package var sizeBytes: UInt64?
    /// The owner of the directory.
    package var owner: Owner

    /// A tmpfs at `target`.
    package init(
        target: String, options: [String] = ["nosuid", "nodev"], sizeBytes: UInt64? = nil, owner: Owner = .root
    ) {
        self.target = target
        self.options = options
        self.sizeBytes = sizeBytes
        self.owner = owner
    }
}

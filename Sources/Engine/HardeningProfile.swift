// SPDX-License-Identifier: Apache-2.0

/// One profile of `image/hardening.yaml` as one typed value: the container's configuration, the engines' argument lists
/// and the tables of the documentation are all rendered from it.
package struct HardeningProfile: Hashable, Sendable {
    /// Its name in `hardening.yaml`.
    package var name: String
    /// What root may do in the container; also the bounding set of every process in it.
    package var capabilities: Set<Capability>
    /// Whether no process can ever gain a privilege by executing a file (prctl(2), `PR_SET_NO_NEW_PRIVS`).
    package var noNewPrivileges: Bool
    /// The system call filter as the JSON value of `linux.seccomp` (runtime-spec, config-linux.md); `nil` is no filter.
    package var seccomp: [UInt8]?
    /// Files and directories of the kernel that are hidden.
    package var maskedPaths: [String]
    /// Files and directories of the kernel that cannot be written.
    package var readOnlyPaths: [String]
    /// Whether the root file system itself is read-only.
    package var readOnlyRoot: Bool
    /// Whether the sudo server runs.
    package var sudo: Bool
    /// What of the network can be reached.
    package var network: NetworkMode
    /// How much of the machine can be used.
    package var limits: ResourceLimits
    /// Directories in memory, mounted in this order.
    package var temporaryFileSystems: [TemporaryFileSystem]
    /// What the container has for itself.
    package var namespaces: Set<Namespace>

    /// A profile; what is left out is as strict as it can be.
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

/// What a container reaches of the network.
package enum NetworkMode: String, CaseIterable, Sendable, Codable {
    /// Nothing but its own loopback interface.
    case none
    /// Whatever the host reaches, from a network namespace of its own.
    case full
    /// The host's own interfaces: for debugging, never a profile's value.
    case host
}

/// The kinds of namespace a container gets for itself (namespaces(7)).
package enum Namespace: String, CaseIterable, Sendable, Codable {
    case pid, network, ipc, uts, mount, cgroup
}

/// How much of the machine a container can use; `nil` is no limit of its own.
package struct ResourceLimits: Hashable, Sendable, Codable {
    /// Processes and threads.
    package var pids: Int?
    /// Bytes of memory.
    package var memory: UInt64?
    /// Processors' worth of time, 1.5 for one and a half.
    package var cpus: Double?

    /// Limits; without an argument there are none.
    package init(pids: Int? = nil, memory: UInt64? = nil, cpus: Double? = nil) {
        self.pids = pids
        self.memory = memory
        self.cpus = cpus
    }

    /// Whether nothing is limited.
    package var isEmpty: Bool { pids == nil && memory == nil && cpus == nil }
}

/// A directory in memory, empty at the start and gone at the end.
package struct TemporaryFileSystem: Hashable, Sendable {
    /// Whose directory it is.
    package enum Owner: String, Sendable, CaseIterable, Codable {
        /// The container's root.
        case root
        /// The user and the group the plan starts its program as.
        case user
    }

    /// Where it is mounted, an absolute path.
    package var target: String
    /// Mount options (mount(8), tmpfs(5)), without the size and the owner.
    package var options: [String]
    /// How many bytes fit; `nil` for the kernel's own choice, half of the memory.
    package var sizeBytes: UInt64?
    /// Whose directory it is.
    package var owner: Owner

    /// A directory in memory at `target`.
    package init(
        target: String, options: [String] = ["nosuid", "nodev"], sizeBytes: UInt64? = nil, owner: Owner = .root
    ) {
        self.target = target
        self.options = options
        self.sizeBytes = sizeBytes
        self.owner = owner
    }
}

// SPDX-License-Identifier: Apache-2.0

/// A Linux capability (capabilities(7)), in the order of the kernel's bit numbers (linux/capability.h).
package enum Capability: String, CaseIterable, Sendable, Codable {
    case chown = "CHOWN"
    case dacOverride = "DAC_OVERRIDE"
    case dacReadSearch = "DAC_READ_SEARCH"
    case fileOwner = "FOWNER"
    case fileSetID = "FSETID"
    case kill = "KILL"
    case setGroupID = "SETGID"
    case setUserID = "SETUID"
    case setCapabilities = "SETPCAP"
    case linuxImmutable = "LINUX_IMMUTABLE"
    case netBindService = "NET_BIND_SERVICE"
    case netBroadcast = "NET_BROADCAST"
    case netAdmin = "NET_ADMIN"
    case netRaw = "NET_RAW"
    case ipcLock = "IPC_LOCK"
    case ipcOwner = "IPC_OWNER"
    case sysModule = "SYS_MODULE"
    case sysRawIO = "SYS_RAWIO"
    case sysChroot = "SYS_CHROOT"
    case sysPtrace = "SYS_PTRACE"
    case sysPacct = "SYS_PACCT"
    case sysAdmin = "SYS_ADMIN"
    case sysBoot = "SYS_BOOT"
    case sysNice = "SYS_NICE"
    case sysResource = "SYS_RESOURCE"
    case sysTime = "SYS_TIME"
    case sysTTYConfig = "SYS_TTY_CONFIG"
    case mknod = "MKNOD"
    case lease = "LEASE"
    case auditWrite = "AUDIT_WRITE"
    case auditControl = "AUDIT_CONTROL"
    case setFileCapabilities = "SETFCAP"
    case macOverride = "MAC_OVERRIDE"
    case macAdmin = "MAC_ADMIN"
    case syslog = "SYSLOG"
    case wakeAlarm = "WAKE_ALARM"
    case blockSuspend = "BLOCK_SUSPEND"
    case auditRead = "AUDIT_READ"
    case perfmon = "PERFMON"
    case bpf = "BPF"
    case checkpointRestore = "CHECKPOINT_RESTORE"

    /// The name with its prefix, as in the OCI runtime specification (config.md, "Linux Process").
    package var kernelName: String { "CAP_\(rawValue)" }

    /// The bit number in the `Cap…` lines of `/proc/<pid>/status`.
    package var bit: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension Set<Capability> {
    /// The set as a bit mask, as in the `Cap…` lines of `/proc/<pid>/status`.
    package var mask: UInt64 { reduce(0) { $0 | 1 << UInt64($1.bit) } }

    /// The names with their prefix, in the kernel's order.
    package var kernelNames: [String] { sorted { $0.bit < $1.bit }.map(\.kernelName) }
}

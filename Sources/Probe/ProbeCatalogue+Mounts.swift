// SPDX-License-Identifier: Apache-2.0

import CProbe
import Claims
import Glibc

extension ProbeCatalogue {
    /// Mount operations with targets that do not exist: a call that is allowed has no effect.
    static let mounts: [Probe] = [
        Probe(.mount(.tmpfs)) { _ in mounting("none", nowhere, "tmpfs", 0) },
        Probe(.mount(.proc)) { _ in mounting("none", nowhere, "proc", 0) },
        Probe(.mount(.overlay)) { _ in mounting("none", nowhere, "overlay", 0) },
        Probe(.mount(.cgroup)) { _ in mounting("none", nowhere, "cgroup2", 0) },
        Probe(.mount(.bind)) { _ in mounting("/", nowhere, "none", 0x1000) },
        Probe(.mount(.umount)) { _ in withAddress(nowhere) { attempt(cprobe_nr_umount2, $0, 0) } },
        Probe(.mount(.pivotRoot)) { _ in withAddress(nowhere) { attempt(cprobe_nr_pivot_root, $0, $0) } },
        Probe(.mount(.openTree)) { _ in withAddress(nowhere) { attempt(cprobe_nr_open_tree, -100, $0, 1) } },
        Probe(.mount(.fsopen)) { _ in withAddress("tmpfs") { attempt(cprobe_nr_fsopen, $0, 0) } },
        Probe(.mount(.fsmount)) { _ in attempt(cprobe_nr_fsmount, -1, 0, 0) },
        Probe(.mount(.fspick)) { _ in withAddress(nowhere) { attempt(cprobe_nr_fspick, -100, $0, 0) } },
        Probe(.mount(.moveMount)) { _ in withAddress(nowhere) { attempt(cprobe_nr_move_mount, -1, $0, -1, $0, 0) } },
        Probe(.mount(.setattr)) { _ in withAddress(nowhere) { attempt(cprobe_nr_mount_setattr, -100, $0, 0, 0, 0) } },
        Probe(.mount(.list)) { _ in ProbeOutcome(list: mountPoints()) },
        Probe(.mount(.disks)) { _ in ProbeOutcome(list: diskMounts()) },
        Probe(.mount(.propagation)) { _ in ProbeOutcome(list: sharedMounts()) },
        Probe(.mount(.roWrite)) { setting in ProbeOutcome(list: setting.readOnly.filter { !refusesWriting($0) }) },
        Probe(.mount(.roRemount)) { setting in
            ProbeOutcome(list: setting.readOnly.filter { !refusesRemounting($0) })
        },
        Probe(.mount(.rootWrite)) { _ in opening("/", O_WRONLY | cprobe_tmpfile) },
    ]

    private static let nowhere = "/probe-of-nothing"

    private static func mounting(_ source: String, _ target: String, _ type: String, _ flags: Int) -> ProbeOutcome {
        withAddress(source) { source in
            withAddress(target) { target in
                withAddress(type) { attempt(cprobe_nr_mount, source, target, $0, flags, 0) }
            }
        }
    }

    /// chmod checks for a read-only mount before it checks the ownership, so every user can distinguish EROFS from
    /// EACCES. The mode is not changed.
    private static func refusesWriting(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        let mode = Int(status.st_mode & 0o1777)
        let changing = withAddress(path) { attempt(cprobe_nr_fchmodat, -100, $0, mode) }
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        let writing = isDirectory ? opening(path, O_WRONLY | cprobe_tmpfile) : opening(path, O_WRONLY)
        guard case .errno(EROFS) = changing, case .errno = writing else { return false }
        return true
    }

    private static func refusesRemounting(_ path: String) -> Bool {
        guard case .errno(EPERM) = mounting("none", path, "none", 0x1020) else { return false }
        return true
    }

    /// The mounts as `target:ro|rw`, without the standard ones of OCI containers below /proc, /sys and /dev (proc(5),
    /// /proc/PID/mountinfo).
    private static func mountPoints() -> [String] {
        mountInfo().compactMap { mount in
            let kernel = ["/proc", "/sys", "/dev"].contains { mount.target == $0 || mount.target.hasPrefix($0 + "/") }
            return kernel ? nil : "\(mount.target):\(mount.isReadOnly ? "ro" : "rw")"
        }.sorted()
    }

    /// Mount points of block devices: host directories, unless expected.
    private static func diskMounts() -> [String] {
        mountInfo().filter { $0.source.hasPrefix("/dev/") && $0.target != "/" }.map(\.target).sorted()
    }

    /// Mounts with propagation to or from the host (`shared:` and `master:`, mount_namespaces(7)).
    private static func sharedMounts() -> [String] {
        mountInfo().filter { $0.isShared }.map(\.target).sorted()
    }
}

/// One line of /proc/self/mountinfo.
private struct Mount {
    var target: String
    var source: String
    var isReadOnly: Bool
    var isShared: Bool

    init?(_ line: Substring) {
        let words = line.split(separator: " ")
        guard let dash = words.firstIndex(of: "-"), dash >= 6, words.count > dash + 2 else { return nil }
        target = String(words[4])
        source = String(words[dash + 2])
        isReadOnly = words[5].split(separator: ",").contains("ro")
        isShared = words[6..<dash].contains { $0.hasPrefix("shared:") }
    }
}

private func mountInfo() -> [Mount] { (lines(of: "/proc/self/mountinfo") ?? []).compactMap { Mount($0) } }

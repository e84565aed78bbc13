// SPDX-License-Identifier: Apache-2.0

/// Mount operations, and the table of mounts (mount(2)).
package enum MountProbe: String, ProbeTopic {
    case tmpfs = "mnt.tmpfs"
    case proc = "mnt.proc"
    case overlay = "mnt.overlay"
    case cgroup = "mnt.cgroup"
    case bind = "mnt.bind"
    case umount = "mnt.umount"
    case pivotRoot = "mnt.pivot_root"
    case openTree = "mnt.open_tree"
    case fsopen = "mnt.fsopen"
    case fsmount = "mnt.fsmount"
    case fspick = "mnt.fspick"
    case moveMount = "mnt.move_mount"
    case setattr = "mnt.setattr"
    case list = "mnt.list"
    case disks = "mnt.disks"
    case propagation = "mnt.propagation"
    case roWrite = "mnt.ro_write"
    case roRemount = "mnt.ro_remount"
    case rootWrite = "mnt.root_write"
}

extension ProbeID {
    /// The probe of the topic.
    package static func mount(_ probe: MountProbe) -> ProbeID { ProbeID(probe) }
}

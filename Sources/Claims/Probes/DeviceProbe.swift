// SPDX-License-Identifier: Apache-2.0

/// Device nodes.
package enum DeviceProbe: String, ProbeTopic {
    case list = "dev.list"
    case tiocsti = "dev.tiocsti"
    case mem = "dev.mem"
    case kmem = "dev.kmem"
    case kvm = "dev.kvm"
    case fuse = "dev.fuse"
    case sda = "dev.sda"
    case vda = "dev.vda"
    case nvme0n1 = "dev.nvme0n1"
    case tun = "dev.tun"
    case loopControl = "dev.loop-control"
    case vhostNet = "dev.vhost-net"
    case dri = "dev.dri"
}

extension ProbeID {
    /// The probe of the topic.
    package static func device(_ probe: DeviceProbe) -> ProbeID { ProbeID(probe) }
}

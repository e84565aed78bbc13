// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    static let devices: [Expectation] = [
        inside(.device(.list), "value:none"), fact(.device(.tiocsti), .agent, .root),
        all(
            [DeviceProbe.mem, .kmem, .kvm, .fuse, .sda, .vda, .nvme0n1, .tun, .loopControl, .vhostNet, .dri],
            "errno:ENOENT"),
    ].flatMap(\.self)
}

// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    static func mounts(_ container: ExpectedContainer) -> [Expectation] {
        [
            all(
                [
                    MountProbe.tmpfs, .proc, .overlay, .cgroup, .bind, .umount, .pivotRoot, .openTree, .fsopen,
                    .fsmount, .fspick, .moveMount, .setattr,
                ], "errno:EPERM"),
            inside(.mount(.list), onlyItems: container.mounts),
            inside(.mount(.disks), onlyItems: container.bindTargets),
            all([MountProbe.propagation, .roWrite, .roRemount], "value:none"),
            agent(.mount(.rootWrite), container.readOnlyRoot ? "errno:EROFS" : "errno:EACCES"),
            root(.mount(.rootWrite), container.readOnlyRoot ? "errno:EROFS" : "ok"),
        ].flatMap(\.self)
    }
}

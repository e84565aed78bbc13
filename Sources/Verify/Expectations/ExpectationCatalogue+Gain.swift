// SPDX-License-Identifier: Apache-2.0

import Claims
import Engine

extension ExpectationCatalogue {
    /// Opening a file checks permissions before the read-only mount; creating a file checks in the opposite order.
    static func gain(_ container: ExpectedContainer) -> [Expectation] {
        let held = container.capabilities
        let writable: Outcome = container.readOnlyRoot ? "errno:EROFS" : "ok"
        let denied: Outcome = container.readOnlyRoot ? "errno:EROFS" : "errno:EACCES"
        return [
            agent(.gain(.setUserIDHelper), "value:gained nothing"), fact(.gain(.setUserIDHelper), .root),
            agent(.gain(.setuid0), "errno:EPERM"), root(.gain(.setuid0), "ok"),
            agent(.gain(.setresuid0), "errno:EPERM"), root(.gain(.setresuid0), "ok"),
            agent(.gain(.setgid0), "errno:EPERM"), root(.gain(.setgid0), "ok"),
            agent(.gain(.setgroups), "errno:EPERM"),
            root(.gain(.setgroups), held.contains(.setGroupID) ? "ok" : "errno:EPERM"),
            inside(.gain(.capset), "errno:EPERM"), inside(.gain(.boundingDrop), "errno:EPERM"),
            inside(.gain(.securebits), "errno:EPERM"), inside(.gain(.ambient), "errno:EPERM"),
            inside(.gain(.setfcap), "errno:EPERM"),
            agent(.gain(.writePasswd), "errno:EACCES"), root(.gain(.writePasswd), writable),
            agent(.gain(.writeBin), denied), root(.gain(.writeBin), writable),
            agent(.gain(.ldPreload), denied), root(.gain(.ldPreload), writable),
        ].flatMap(\.self)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    static func network(_ container: ExpectedContainer) -> [Expectation] {
        [
            all([SocketProbe.docker, .dockerRun, .containerd, .podman, .crio, .dbus], "errno:ENOENT"),
            all([NetworkProbe.listen, .abstract], "value:none"), inside(.network(.routeLocalnet), "value:0"),
            fact(.network(.interfaces), .agent, .root),
        ].flatMap(\.self)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    static func image(_ container: ExpectedContainer) -> [Expectation] {
        [
            inside(.imageFile(.osID), "value:debian"), inside(.imageFile(.osCodename), .value(container.codename)),
            inside(
                .imageFile(.aptSuites), onlyItems: ["", "-updates", "-security"].map { "\(container.codename)\($0)" }),
            all([ImageFileProbe.setID, .fileCapabilities, .devices], "value:none"),
            inside(.imageFile(.sockets), onlyItems: container.sockets), inside(.imageFile(.setIDSudo), "errno:ENOENT"),
            fact(.imageFile(.unread), .agent, .root),
        ].flatMap(\.self)
    }
}

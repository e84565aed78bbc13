// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    /// Every process of the container: the init that became the user, the sudo server, and the probe itself.
    static func processes(_ container: ExpectedContainer) -> [Expectation] {
        let none = "0000000000000000"
        return [
            inside(.process(.pid1Uid), .value(fourTimes(container.userID))),
            inside(.process(.pid1Capeff), .value(none)),
            root(.process(.pid1Environ), "errno:EACCES"), fact(.process(.pid1Environ), .agent),
            inside(.process(.capbnd), .value(container.capabilityDigits)),
            inside(.process(.capprm), onlyItems: [none, container.capabilityDigits]),
            inside(.process(.capinh), .value(none)), inside(.process(.capamb), .value(none)),
            inside(.process(.nnp), "value:1"), inside(.process(.seccomp), "value:2"),
            inside(.process(.foreign), "value:none"),
            fact(.process(.pid1), .agent, .root),
        ].flatMap(\.self)
    }
}

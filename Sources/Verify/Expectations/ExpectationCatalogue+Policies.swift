// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    /// Checks from the host, or of the container as a whole.
    static func policies(_ container: ExpectedContainer) -> [Expectation] {
        [
            host(.image(.packages), "value:none"), host(.image(.audit), "value:none"),
            host(.image(.verify), "value:none"),
            host(.image(.labels), "value:none"), host(.image(.hostKeys), "value:none"),
            host(.image(.unseen), "value:none"), fact(.image(.packageCount), .host),
            host(.health(.healthy), "value:0"), host(.health(.broken), "value:1"),
            container.hasSudo ? agent(.sudo(.id), "value:0") : agent(.sudo(.id), "value:absent"),
            container.hasSudo ? agent(.sudo(.aptInstall), "value:0") : fact(.sudo(.aptInstall), .agent),
            host(.end(.container), "value:none"), host(.end(.cgroup), "value:none"), host(.end(.mounts), "value:none"),
            host(.end(.scratch), "value:none"),
        ].flatMap(\.self)
    }
}

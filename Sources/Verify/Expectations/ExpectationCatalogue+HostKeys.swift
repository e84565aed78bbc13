// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    /// The handling of host keys by the image's ssh client. The configuration is the user's, so root is not tested.
    static let hostKeys: [Expectation] = [
        agent(.hostKey(.firstContact), "value:accepted"),
        agent(.hostKey(.changedKey), "value:accepted then accepted then refused"),
        agent(.hostKey(.githubKey), "value:accepted"), agent(.hostKey(.githubOther), "value:refused and refused"),
        HostKeyProbe.allCases.flatMap { fact(.hostKey($0), .root) },
    ].flatMap(\.self)
}

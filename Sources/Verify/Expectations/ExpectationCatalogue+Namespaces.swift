// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    static let namespaces: [Expectation] = [
        all(
            [
                NamespaceProbe.unshareUser, .unshareMnt, .unsharePid, .unshareNet, .unshareIpc, .unshareUts,
                .unshareCgroup, .unshareTime,
            ], "errno:EPERM"),
        inside(.namespace(.cloneUser), "errno:EPERM"), inside(.namespace(.setns), "errno:EPERM"),
        inside(.namespace(.clone3), "errno:ENOSYS"),
    ].flatMap(\.self)
}

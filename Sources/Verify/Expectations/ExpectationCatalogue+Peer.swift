// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    /// A peer container of another project that runs at the same time: none of its traces is found.
    static let peer: [Expectation] = [
        all([PeerProbe.processes, .files], "value:none"),
        all([PeerProbe.network, .abstract], "errno:ECONNREFUSED"),
        inside(.peer(.memory), "errno:ENOENT"), inside(.peer(.keyring), "errno:EPERM"),
        host(.host(.peerNs), "value:none"),
    ].flatMap(\.self)
}

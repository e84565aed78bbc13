// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    /// The container's init as seen from the host: an independent view, and the only one of the IPC namespace.
    static func hostSide(_ container: ExpectedContainer) -> [Expectation] {
        let none: Outcome = "value:0000000000000000"
        return [
            [HostProbe.nsMnt, .nsPid, .nsNet, .nsIpc, .nsUts].flatMap { host(.host($0), "value:own") },
            // Version 1 of control groups has namespaces too, but runtimes do not create them there.
            fact(.host(.nsCgroup), .host), fact(.host(.nsUser), .host),
            host(.host(.nnp), "value:1"), host(.host(.seccomp), "value:2"),
            host(.host(.capbnd), .value(container.capabilityDigits)), host(.host(.capeff), none),
            host(.host(.capinh), none), host(.host(.capamb), none),
        ].flatMap(\.self) + processesFromHost(container)
    }

    /// All processes as seen from the host, with the probe in the container (`host.`) and without it (`host.plain_`):
    /// the first process, the entrypoint's command, the exec'd command, and privileges beyond the profile.
    private static func processesFromHost(_ container: ExpectedContainer) -> [Expectation] {
        let user = ProcessIdentity(
            userID: container.userID, groupID: container.groupID, bounding: container.capabilities.mask)
        return [HostProbe.first, .user, .exec, .plainFirst, .plainUser, .plainExec].flatMap {
            host(.host($0), .value("\(user)"))
        } + [HostProbe.excess, .plainExcess, .plainDifference].flatMap { host(.host($0), "value:none") }
    }
}

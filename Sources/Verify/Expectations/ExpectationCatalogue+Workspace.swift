// SPDX-License-Identifier: Apache-2.0

import Claims

extension ExpectationCatalogue {
    /// Operations that must work; otherwise the denials would only show that nothing works.
    static func work(_ container: ExpectedContainer) -> [Expectation] {
        let owner = "\(container.userID):\(container.groupID)"
        let reached: Outcome = container.hasNetwork ? "ok" : "value:no answer"
        return [
            container.hasWorkspace ? agent(.workspace(.write), "ok") : fact(.workspace(.write), .agent),
            fact(.workspace(.write), .root),
            container.hasWorkspace ? host(.workspace(.owner), .value(owner)) : fact(.workspace(.owner), .host),
            container.hasWorkspace ? agent(.workspace(.commit), "value:1") : fact(.workspace(.commit), .agent),
            agent(.network(.dns), reached), agent(.network(.tls), reached),
            fact(.work(.fork), .agent, .root), all([WorkProbe.chmod, .socket], "ok"),
        ].flatMap(\.self)
    }
}

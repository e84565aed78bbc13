// SPDX-License-Identifier: Apache-2.0

import Claims
import Engine

extension ExpectedContainer {
    /// Derives the values from the subject with the verifier's fixtures, on an engine.
    package init(_ subject: VerifySubject, on engine: any ContainerEngine) {
        let plan = subject.plan
        let profile = plan.profile
        let root = profile.readOnlyRoot ? "/:ro" : "/:rw"
        let own = engine.ownMounts(plan)
        let memory = profile.temporaryFileSystems.map { "\($0.target):\($0.options.contains("ro") ? "ro" : "rw")" }
        let binds = plan.mounts.map { "\($0.target):\($0.readOnly ? "ro" : "rw")" }
        let parts = ProbeFixtures.parts.map { ProbeFixtures.place(of: $0, ProbeFixtures.word) }
        self.init(
            userID: subject.userID, groupID: subject.groupID, capabilities: profile.capabilities,
            hostname: plan.hostname, processLimit: profile.limits.pids,
            readOnlyRoot: profile.readOnlyRoot,
            mounts: [root] + memory + binds + own + parts.map { "\($0):ro" },
            bindTargets: plan.mounts.map(\.target) + parts + own.map { String($0.dropLast(3)) },
            sockets: profile.sudo ? ["/run/opencode-docker/sudo"] : [], hasSudo: profile.sudo,
            hasWorkspace: subject.workspace != nil, hasNetwork: profile.network != .none,
            engineDefined: Self.beyond(engine, profile), rootless: engine.host.rootless,
            codename: subject.codename)
    }

    /// Docker masks a fixed list of kernel files and cannot be given more; runc allows no other mount below /proc.
    /// Podman creates `/` as a directory that its owner cannot write to (mode 0555).
    private static func beyond(_ engine: any ContainerEngine, _ profile: HardeningProfile) -> Set<ProbeID> {
        switch engine.kind {
        case .embedded: []
        case .docker: [.kernelFile(.maskedInterrupts), .kernelFile(.maskedPowercap)]
        case .podman: profile.readOnlyRoot ? [] : [.mount(.rootWrite)]
        }
    }
}

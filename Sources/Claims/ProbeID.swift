// SPDX-License-Identifier: Apache-2.0

/// The name of a probe: one attempt at an operation, or one observation, that `verify` requires an outcome of.
///
/// The program `Probe` makes the attempts, the module `Verify` requires the outcomes, and `hardening.yaml` names the
/// probes of a claim. Each topic lists its names once, for all three.
package struct ProbeID: Hashable, Sendable {
    /// The name in reports and in `hardening.yaml`, such as `mnt.root_write`.
    package let name: String

    /// The probe of a topic.
    package init(_ probe: some ProbeTopic) { name = probe.rawValue }

    /// Finds the probe of that name; `nil` when there is none.
    package init?(named name: String) {
        guard Self.names.contains(name) else { return nil }
        self.name = name
    }

    /// All probes, in the order of the topics.
    package static let all: [ProbeID] = topics.flatMap { $0.all }

    private static let names = Set(all.map(\.name))

    private static let topics: [any ProbeTopic.Type] = [
        IdentityProbe.self, ProcessProbe.self, GainProbe.self, SetIDProbe.self, CapabilityProbe.self,
        NamespaceProbe.self, MountProbe.self, SystemCallProbe.self, KernelFileProbe.self, ControlGroupProbe.self,
        DeviceProbe.self, NetworkProbe.self, SocketProbe.self, ImageFileProbe.self, WorkspaceProbe.self, WorkProbe.self,
        PeerProbe.self, HostKeyProbe.self, HostProbe.self, ImageProbe.self, HealthProbe.self, SudoProbe.self,
        EndProbe.self, SecretProbe.self,
    ]
}

extension ProbeID: Comparable, CustomStringConvertible {
    package var description: String { name }

    package static func < (left: ProbeID, right: ProbeID) -> Bool { left.name < right.name }
}

/// The probes of one topic; a raw value is the name of a probe.
package protocol ProbeTopic: RawRepresentable<String>, CaseIterable, Sendable {}

extension ProbeTopic {
    /// All probes of the topic, in order.
    package static var all: [ProbeID] { allCases.map { ProbeID($0) } }
}

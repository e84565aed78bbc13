// SPDX-License-Identifier: Apache-2.0

import Claims

/// The host's view of the processes of a container.
struct ProcessView: Sendable {
    /// The first process.
    var first: Set<ProcessIdentity> = []
    /// The process that the entrypoint started.
    var user: Set<ProcessIdentity> = []
    /// The process that was entered into the container.
    var exec: Set<ProcessIdentity> = []
    /// Forbidden privileges of any process; `nil` when there was no observation.
    var excess: [String]?

    /// The run whose processes are viewed.
    enum Run {
        /// With the probe.
        case probed
        /// Without it.
        case plain

        /// The probes of `first`, `user` and `exec`.
        var probes: [HostProbe] {
            self == .probed ? [.first, .user, .exec] : [.plainFirst, .plainUser, .plainExec]
        }

        /// The probe of `excess`.
        var excess: HostProbe { self == .probed ? .excess : .plainExcess }
    }

    /// Creates an empty view.
    init() {}

    /// The view of a container with the probe.
    init(_ processes: ContainerProcesses, _ watch: ProcessWatch, _ fixtures: ProbeFixtures) async {
        await watch.settle()
        first = Set([processes.identity(of: processes.first)].compactMap(\.self))
        user = watch.identities(of: fixtures.mark(of: .entrypoint))
        exec = watch.identities(of: fixtures.mark(of: .enter))
        excess = watch.excess
    }

    /// One result for each kind of observed process.
    func results(_ run: Run) -> [ProbeResult] {
        zip(run.probes, kinds).compactMap { probe, kind in
            kind.1.isEmpty ? nil : ProbeResult(.host(probe), .host, .list(Self.sorted(kind.1)))
        } + (excess.map { [ProbeResult(.host(run.excess), .host, .list($0))] } ?? [])
    }

    /// The difference between these processes, without the probe, and those with it.
    func difference(from probed: ProcessView) -> [ProbeResult] {
        guard excess != nil else { return [] }
        let differences = zip(kinds, probed.kinds).compactMap { own, other in
            own.1 == other.1
                ? nil : "\(own.0): \(Self.text(own.1)) without the probe and \(Self.text(other.1)) with it"
        }
        return [ProbeResult(.host(.plainDifference), .host, .list(differences))]
    }

    private var kinds: [(String, Set<ProcessIdentity>)] { [("first", first), ("user", user), ("exec", exec)] }

    private static func sorted(_ identities: Set<ProcessIdentity>) -> [String] {
        identities.map(\.description).sorted()
    }

    private static func text(_ identities: Set<ProcessIdentity>) -> String {
        identities.isEmpty ? "nothing" : sorted(identities).joined(separator: " or ")
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Testing
import Verify

/// A probe that nothing can turn red is no evidence: each weakening of the container must cost the claims it touches.
@Suite struct MutationTests {
    static func report(_ results: [ProbeResult]) throws -> VerifyReport {
        Judge.judge(
            results: results, catalogue: Recorded.catalogue, claims: try Repository.claims(), about: JudgeTests.subject)
    }

    static func red(_ results: [ProbeResult]) throws -> Set<String> {
        Set(try report(results).claims.filter { $0.status == .red }.map(\.claim.id))
    }

    @Test func unchangedContainerHasNoRedClaim() throws {
        let report = try Self.report(Recorded.baseline)
        #expect(report.rows.flatMap(\.remarks).filter { !$0.contains("skipped:") } == [])
        #expect(report.passed)
    }

    @Test(arguments: Recorded.recording.mutations.keys.sorted())
    func weakeningIsNoticed(name: String) throws {
        let touched = try #require(Recorded.recording.mutations[name]?.claims)
        #expect(!touched.isEmpty)
        #expect(try Self.red(Recorded.results(weakenedBy: name)).isSuperset(of: touched))
    }

    @Test func everyProbedClaimIsTurnedRedByAWeakening() throws {
        var turned: Set<String> = []
        for name in Recorded.recording.mutations.keys {
            turned.formUnion(try Self.red(Recorded.results(weakenedBy: name)))
        }
        let claims = try Repository.claims().filter { !$0.probes.isEmpty }.map(\.id)
        #expect(Set(claims).subtracting(turned) == [])
    }

    /// A probe that no weakening turns red may carry no claim, but for those that this engine or the kernel of the
    /// recording gives no way to turn.
    @Test func everyProbeIsTurnedRedByAWeakening() throws {
        var turned: Set<String> = []
        for name in Recorded.recording.mutations.keys {
            let findings = try Self.report(Recorded.results(weakenedBy: name)).findings
            turned.formUnion(findings.filter { $0.verdict == .red }.map(\.probe))
        }
        let never = Recorded.catalogue.evidence.subtracting(turned)
        #expect(never == Set(Self.notTurned.values.flatMap(\.self)))
    }

    private static let notTurned = [
        "the engine makes every mount private, and cannot start without a mount namespace": [
            "host.ns_mnt", "mnt.propagation",
        ],
        "not in the kernel of the recording": [
            "proc.masked_acpi", "proc.masked_asound", "proc.masked_kcore", "proc.masked_latency_stats",
            "proc.masked_powercap", "proc.masked_sched_debug", "proc.masked_scsi", "proc.write_modprobe",
            "proc.write_sysrq", "proc.write_sysrq_trigger", "proc.write_uevent_helper",
        ],
        "not a capability of the machine of the recording, or kept by its control groups": [
            "cap.sys_resource", "cap.sys_nice",
        ],
        "without them the entrypoint does not start": ["cap.chown", "cap.setgid", "cap.setuid"],
        "the engine mounts /sys read-only whatever the profile says": ["proc.write_ksm", "proc.write_profiling"],
        "needs a network": ["sudo.apt_install", "net.dns", "net.tls"],
    ]

    /// Every expectation, one at a time: without its result, its claims are red.
    @Test func missingResultIsRed() throws {
        let claims = try Repository.claims()
        for expectation in Recorded.catalogue.expectations where expectation.expected != .fact {
            let rest = Recorded.baseline.filter {
                $0.probe != expectation.probe || $0.vantage != expectation.vantage
            }
            let touched = Set(claims.filter { $0.probes.contains(expectation.probe) }.map(\.id))
            #expect(try Self.red(rest) == touched, "\(expectation.probe)")
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Claims
import Engine
import ImageDefinition
import Testing

/// Each field of a profile, changed in both directions: the direction and the claims.
@Suite struct HardeningDifferenceTests {
    struct Edit: CustomTestStringConvertible, Sendable {
        let name: String
        let claims: [String]
        let weaken: @Sendable (inout HardeningProfile) -> Void
        var testDescription: String { name }

        init(_ name: String, _ claims: [String], _ weaken: @escaping @Sendable (inout HardeningProfile) -> Void) {
            self.name = name
            self.claims = claims
            self.weaken = weaken
        }
    }

    static let filter = """
        {"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
          {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
          {"names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]},
          {"names": ["io_uring_setup"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}
        ]}
        """

    static let base = HardeningProfile(
        name: "standard", capabilities: [.chown], seccomp: Array(filter.utf8), readOnlyRoot: true, sudo: false,
        network: .none, limits: ResourceLimits(pids: 1024, memory: 1 << 30, cpus: 2),
        temporaryFileSystems: [
            TemporaryFileSystem(
                target: "/tmp", options: ["nosuid", "nodev", "noexec", "mode=0755"], sizeBytes: 1 << 20)
        ])

    static let edits = [
        Edit("capability", ["C08", "C23"]) { $0.capabilities.insert(.netRaw) },
        Edit("no-new-privileges", ["C09"]) { $0.noNewPrivileges = false },
        Edit("hidden path", ["C19"]) { $0.maskedPaths.removeLast() },
        Edit("read-only path", ["C19"]) { $0.readOnlyPaths.removeLast() },
        Edit("read-only root", ["C14", "C26"]) { $0.readOnlyRoot = false },
        Edit("sudo", ["C10", "C26"]) { $0.sudo = true },
        Edit("network", ["C03", "C05", "C06", "C26"]) { $0.network = .full },
        Edit("host network", ["C03", "C05", "C06", "C26"]) { $0.network = .host },
        Edit("process limit", ["C26"]) { $0.limits.pids = 2048 },
        Edit("no process limit", ["C26"]) { $0.limits.pids = nil },
        Edit("memory limit", ["C26"]) { $0.limits.memory = nil },
        Edit("processor limit", ["C26"]) { $0.limits.cpus = 2.5 },
        Edit("shared memory", ["C26"]) { $0.limits.sharedMemory = 1 << 30 },
        Edit("namespace", ["C02", "C03", "C05"]) { $0.namespaces.remove(.ipc) },
        Edit("tmpfs with programs", ["C02", "C14", "C19"]) { $0.temporaryFileSystems[0].options.remove(at: 2) },
        Edit("tmpfs mode", ["C10", "C19"]) { $0.temporaryFileSystems[0].options[3] = "mode=0777" },
        Edit("tmpfs size", ["C26"]) { $0.temporaryFileSystems[0].sizeBytes = nil },
        Edit("tmpfs owner", ["C10"]) { $0.temporaryFileSystems[0].owner = .user },
        Edit("another tmpfs", ["C14", "C26"]) { $0.temporaryFileSystems.append(TemporaryFileSystem(target: "/var")) },
        Edit("no filter", ["C02", "C03", "C18", "C19"]) { $0.seccomp = nil },
        Edit("default action", ["C02", "C03", "C18", "C19"]) {
            $0.filter(#""defaultAction": "SCMP_ACT_ERRNO""#, #""defaultAction": "SCMP_ACT_LOG""#)
        },
        Edit("call allowed", ["C02", "C18"]) { $0.filter(#""read", "#, #""read", "bpf", "#) },
        Edit("refusal lifted", ["C18"]) {
            $0.filter(#""SCMP_ACT_ERRNO", "errnoRet": 38"#, #""SCMP_ACT_ALLOW""#)
        },
        Edit("any argument", ["C18"]) {
            $0.filter(#""args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]"#, #""args": []"#)
        },
        Edit("alternative arguments", ["C18"]) {
            $0.filter(#""SCMP_CMP_EQ"}]"#, #""SCMP_CMP_EQ"}, {"index": 0, "value": 40, "op": "SCMP_CMP_EQ"}]"#)
        },
        Edit("architecture", ["C18", "C19"]) {
            $0.filter(#"["SCMP_ARCH_X86_64"]"#, #"["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"]"#)
        },
        Edit("speculation", ["C18", "C19"]) {
            $0.filter(#""syscalls""#, #""flags": ["SECCOMP_FILTER_FLAG_SPEC_ALLOW"], "syscalls""#)
        },
    ]

    static func difference(_ old: HardeningProfile, _ new: HardeningProfile) throws -> HardeningDifference {
        try HardeningDifference(from: definition(old), to: definition(new))
    }

    static func definition(_ profile: HardeningProfile, claims: [Claim] = claims) -> HardeningDefinition {
        HardeningDefinition(profiles: ["standard": profile], claims: claims)
    }

    static let claims = [
        Claim(id: "C02", title: "Files", proof: .probe, probes: [.systemCall(.bpf), .mount(.list)])
    ]

    @Test(arguments: edits)
    func everyFieldHasADirection(edit: Edit) throws {
        var weakened = Self.base
        edit.weaken(&weakened)
        #expect(weakened != Self.base)
        let there = try Self.difference(Self.base, weakened)
        #expect(there.isWeaker)
        #expect(there.direction == .weaker)
        #expect(
            there.changes.filter { $0.direction == .weaker }.map(\.claims).contains(edit.claims), "\(there.changes)")
        #expect(!there.changes.contains { $0.direction == .stronger }, "\(there.changes)")
        let back = try Self.difference(weakened, Self.base)
        #expect(!back.isWeaker, "\(back.changes)")
        #expect(back.direction == .stronger)
    }

    @Test func nothingChangedIsEqual() throws {
        let difference = try Self.difference(Self.base, Self.base)
        #expect(difference.changes == [])
        #expect(difference.direction == nil)
    }

    @Test(arguments: [
        // A different errno is neither; a different argument is both; comments and order have no effect.
        (#""errnoRet": 38"#, #""errnoRet": 1"#, [HardeningDirection.changed]),
        (#""value": 1,"#, #""value": 2,"#, [.weaker, .stronger]),
        (#"{"names": ["read""#, #"{"comment": "x", "names": ["read""#, []),
        (#"["read", "write"]"#, #"["write", "read"]"#, []),
    ])
    func filtersAreComparedByWhatTheyLetThrough(text: String, with new: String, ways: [HardeningDirection]) throws {
        var other = Self.base
        other.filter(text, new)
        #expect(other != Self.base)
        #expect(try Self.difference(Self.base, other).changes.map(\.direction) == ways)
    }

    @Test func aRefusalByArgumentUnderAnAllowingFilterIsARestriction() throws {
        let allowing = #"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [RULE]}"#
        let rule =
            #"{"names": ["clone"], "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]}"#
        var (with, without) = (Self.base, Self.base)
        with.seccomp = Array(allowing.replacing("RULE", with: rule).utf8)
        without.seccomp = Array(allowing.replacing("RULE", with: "").utf8)
        #expect(try Self.difference(with, without).direction == .weaker)
        #expect(try Self.difference(without, with).direction == .stronger)
    }

    @Test func aProfileLessIsWeakerAndOneMoreIsNot() throws {
        let one = Self.definition(Self.base)
        let two = HardeningDefinition(profiles: ["standard": Self.base, "strict": Self.base], claims: Self.claims)
        #expect(try HardeningDifference(from: two, to: one).isWeaker)
        #expect(try HardeningDifference(from: one, to: two).direction == .changed)
        #expect(try HardeningDifference(from: two, to: one, profile: "standard").changes == [])
    }

    @Test func lessEvidenceForAClaimIsWeaker() throws {
        let less = [Claim(id: "C02", title: "Files", proof: .probe, probes: [.mount(.list)])]
        let policy = [Claim(id: "C02", title: "Files", proof: .policy, probes: [.systemCall(.bpf), .mount(.list)])]
        let reworded = [Claim(id: "C02", title: "Other", proof: .probe, probes: [.systemCall(.bpf), .mount(.list)])]
        let original = Self.definition(Self.base)
        for (claims, way) in [
            (less, HardeningDirection.weaker), (policy, .weaker), ([], .weaker), (reworded, .changed),
        ] {
            let other = Self.definition(Self.base, claims: claims)
            let difference = try HardeningDifference(from: original, to: other)
            #expect(difference.direction == way)
            #expect(difference.changes.map(\.claims) == [["C02"]])
            if way == .weaker { #expect(try HardeningDifference(from: other, to: original).direction == .stronger) }
        }
    }

    @Test func aFilterThatIsNoneIsRefused() {
        var broken = Self.base
        broken.seccomp = Array("{}".utf8)
        #expect(throws: EngineError.invalidSeccomp(profile: "standard")) { try Self.difference(Self.base, broken) }
    }
}

extension HardeningProfile {
    fileprivate mutating func filter(_ text: String, _ new: String) {
        seccomp = Array(String(decoding: seccomp ?? [], as: UTF8.self).replacing(text, with: new).utf8)
    }
}

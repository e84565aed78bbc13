// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Foundation
import SystemPackage
import Testing

@Suite struct RuntimeConfigurationTests {
    static let rooted = HostFacts(cgroups: .hybrid, rootless: false)

    static let standard = ContainerPlan(
        name: "fixture", lowerDirectories: ["/low", "/high"], arguments: ["/entry", "--flag"], environment: ["A=1"],
        workingDirectory: "/workspace", hostname: "box", additionalGroups: [5],
        mounts: [BindMount(source: "/host/project", target: "/workspace", readOnly: false)],
        profile: HardeningProfile(
            name: "standard", capabilities: [.setUserID, .chown, .setGroupID, .fileOwner],
            seccomp: Array(#"{"defaultAction":"SCMP_ACT_ALLOW","x":18446744073709551615}"#.utf8), readOnlyRoot: false,
            network: .full, limits: ResourceLimits(pids: 1024, memory: 1 << 30, cpus: 1.5)),
        labels: ["org.example.label": "value"])

    static let user = ContainerPlan(
        name: "fixture", lowerDirectories: ["/low"], arguments: ["/entry"], userID: 1000, groupID: 1001, terminal: true,
        profile: HardeningProfile(
            name: "strict", capabilities: [.chown],
            temporaryFileSystems: [
                TemporaryFileSystem(target: "/home", options: ["mode=0700"], sizeBytes: 4096, owner: .user)
            ]))

    static func json(
        _ plan: ContainerPlan, host: HostFacts = rooted, network: FilePath? = nil
    ) throws -> [UInt8] {
        try RuntimeConfiguration.json(
            for: plan, rootPath: "/root/path", host: host, identifier: "trial-1", networkNamespace: network)
    }

    static func object(_ bytes: [UInt8], _ keys: String...) throws -> Any? {
        var value: Any? = try JSONSerialization.jsonObject(with: Data(bytes))
        for key in keys { value = (value as? [String: Any])?[key] }
        return value
    }

    @Test func standardIsAsRecorded() throws { try compare(Self.json(Self.standard, network: "/ns"), "standard.json") }

    @Test func configureStepIsAsRecorded() throws {
        let plan = ContainerPlan.build(lowerDirectories: ["/low"], arguments: ["/configure"], environment: ["TZ=UTC"])
        try compare(Self.json(plan), "configure.json")
    }

    @Test func aUserHoldsNothing() throws {
        let json = try Self.json(Self.user)
        #expect(try Self.object(json, "process", "capabilities", "effective") as? [String] == [])
        #expect(try Self.object(json, "process", "capabilities", "permitted") as? [String] == [])
        #expect(try Self.object(json, "process", "capabilities", "bounding") as? [String] == ["CAP_CHOWN"])
        #expect(try Self.object(json, "root", "readonly") as? Bool == true)
        let mounts = try #require(try Self.object(json, "mounts") as? [[String: Any]])
        let home = mounts.last { $0["destination"] as? String == "/home" }
        #expect(home?["options"] as? [String] == ["mode=0700", "uid=1000", "gid=1001", "size=4096"])
    }

    @Test func rootlessHasNoLimits() throws {
        let json = try Self.json(Self.standard, host: HostFacts(cgroups: .hybrid, rootless: true))
        #expect((try Self.object(json, "linux", "resources") as? [String: Any])?.isEmpty == true)
        #expect(try Self.object(json, "linux", "cgroupsPath") == nil)
    }

    @Test func theHostsNetworkIsNoNamespace() throws {
        var plan = Self.standard
        plan.profile.network = .host
        let namespaces = try Self.object(try Self.json(plan), "linux", "namespaces") as? [[String: String]]
        #expect(namespaces?.map { $0["type"] } == ["pid", "ipc", "uts", "mount", "cgroup"])
    }

    @Test func aBrokenFilterIsRefused() {
        var plan = Self.standard
        plan.profile.seccomp = Array("{".utf8)
        #expect(throws: EngineError.invalidSeccomp(profile: "standard")) { try Self.json(plan) }
    }

    private func compare(_ json: [UInt8], _ name: String) throws {
        let directory = try #require(Bundle.module.resourcePath)
        let file = FilePath(directory).appending("Fixtures").appending(name)
        let recorded = (try? Files.read(file, limit: 1 << 20)) ?? []
        #expect(String(decoding: json, as: UTF8.self) + "\n" == String(decoding: recorded, as: UTF8.self))
    }
}

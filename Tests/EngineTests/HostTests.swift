// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import SystemPackage
import Testing

@Suite struct HostTests {
    static let unified = "31 24 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"
    static let legacy = """
        31 24 0:27 / /sys/fs/cgroup rw - tmpfs tmpfs rw
        32 31 0:28 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids

        """

    @Test(arguments: [
        (unified, CgroupLayout.unified), (legacy, .legacy), ("", .absent), ("x y z\n- - - - -\n", .absent),
        (legacy + "40 31 0:30 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw\n", .hybrid),
        ("31 24 0:27 / /elsewhere/sys/fs/cgroup rw - cgroup2 cgroup2 rw\n", .absent),
    ])
    func layouts(mountInfo: String, layout: CgroupLayout) { #expect(CgroupLayout(mountInfo: mountInfo) == layout) }

    @Test(arguments: [
        ("         0          0 4294967295\n", true), ("0 1000 1\n1 100000 65536\n", false), ("", false),
        ("0 0 1\n", false),
    ])
    func identity(map: String, isIdentity: Bool) { #expect(HostFacts.isIdentity(uidMap: map) == isIdentity) }

    @Test(arguments: [
        ("runc version 1.1.5+ds1\ncommit: x\n", "1.1.5+ds1"), ("crun version 1.8.1\n", "1.8.1"), ("crun\n", nil),
        ("", nil),
    ])
    func versions(text: String, version: String?) { #expect(OCIRuntime.parse(version: text) == version) }

    @Test(arguments: [
        ("crun", "1.8.1", CgroupLayout.hybrid, false), ("crun", "1.9", .hybrid, true),
        ("crun", "1.14.1", .hybrid, true),
        ("crun", "2.0", .hybrid, true), ("crun", "1.8.1", .unified, true), ("runc", "1.1.5+ds1", .hybrid, true),
    ])
    func whichRuntimeWorks(name: String, version: String, layout: CgroupLayout, works: Bool) {
        #expect((OCIRuntime(path: "/x", name: name, version: version).refusal(cgroups: layout) == nil) == works)
    }

    @Test func everyRuntimeThatWasTriedIsNamed() async {
        let error = await #expect(throws: EngineError.self) {
            try await OCIRuntime.find(in: ["/nowhere"], cgroups: .unified)
        }
        #expect(error == .noRuntime(tried: ["crun is not installed", "runc is not installed"]))
    }

    @Test(arguments: [
        ("", false), ("alice:100000:65536\n", true), ("1234:100000:65536\n", true), ("bob:100000:65536\n", false),
        ("alice:100000:10\n", false), ("alice:100000\nalice:x:65536\n", false), ("bob:1:2\nalice:1:65536", true),
    ])
    func subordinateIDs(file: String, has: Bool) {
        #expect(SubordinateIDs.hasRange(in: file, user: "alice", userID: 1234) == has)
    }

    @Test(
        "The proposed subordinate IDs are those of nobody else",
        arguments: [
            ([], "100000-165535"), (["a:1000:5\n", "b:x:9\n"], "100000-165535"),
            (["a:100000:65536\nb:165536:10\n", "a:100000:65536\n"], "165546-231081"),
            (["", "c:500000:65536\nnonsense"], "565536-631071"),
        ])
    func freeRange(texts: [String], range: String) { #expect(SubordinateIDs.freeRange(texts) == range) }

    /// With the forwarder every answer from port 53 has its address as the source, so it is enabled only when it is
    /// used.
    @Test(arguments: [
        ("nameserver 10.0.0.1\noptions x\nnameserver 127.0.0.53\n", "nameserver 10.0.0.1\n", false),
        ("nameserver 127.0.0.53\n", "nameserver 169.254.1.53\n", true), ("", "nameserver 169.254.1.53\n", true),
        ("nameserver fe80::1%eth0\nnameserver ::1\n", "nameserver 169.254.1.53\n", true),
    ])
    func namesAreForwardedOnlyWhenTheHostAsksItself(host: String, configuration: String, forwards: Bool) {
        let pasta = UserNetwork(kind: .pasta, path: "/usr/bin/pasta")
        let reachable = UserNetwork.reachableNameServers(host: host)
        #expect(pasta.resolverConfiguration(reachable: reachable) == configuration)
        let arguments = pasta.arguments(namespace: "/n", processFile: "/p", forwardsNames: reachable.isEmpty)
        #expect(arguments.contains("--dns-forward") == forwards)
    }
}

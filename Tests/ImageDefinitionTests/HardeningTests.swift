// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Engine
import ImageDefinition
import SystemPackage
import Testing

@Suite struct HardeningTests {
    static let profile = """
        version: 1
        profiles:
          standard:
            capabilities: [CHOWN, FOWNER, SETGID, SETUID]
            no-new-privileges: true
            seccomp: seccomp.json
            sudo: true
            network: full
            read-only-root: false
            limits: {pids: 1024, memory: 2GiB, cpus: 1.5}
            tmpfs:
              - {path: /tmp, mode: "1777", size: 64MiB, execute: false}
              - {path: /home/opencode, mode: "0700", owner: user}
        claims:
          - {id: C08, title: Four capabilities, proof: probe, probes: [id.capbnd, cap.kill]}
          - {id: C24, title: Updates, proof: policy, tests: [Suite.test]}

        """

    static func load(
        _ text: String, seccomp: String? = #"{"defaultAction": "SCMP_ACT_ERRNO"}"#, probes: ProbeRule = .known
    ) throws -> HardeningDefinition {
        let directory = FilePath("/tmp/hardening-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory)
        defer { try? Files.removeTree(directory) }
        try Files.write(Array(text.utf8), to: directory.appending("hardening.yaml"))
        if let seccomp { try Files.write(Array(seccomp.utf8), to: directory.appending("seccomp.json")) }
        return try HardeningDefinition.load(directory, probes: probes)
    }

    @Test func everythingIsRead() throws {
        let definition = try Self.load(Self.profile)
        let expected = HardeningProfile(
            name: "standard", capabilities: [.chown, .fileOwner, .setGroupID, .setUserID],
            seccomp: Array(#"{"defaultAction": "SCMP_ACT_ERRNO"}"#.utf8), readOnlyRoot: false, sudo: true,
            network: .full,
            limits: ResourceLimits(pids: 1024, memory: 2 << 30, cpus: 1.5),
            temporaryFileSystems: [
                TemporaryFileSystem(
                    target: "/tmp", options: ["nosuid", "nodev", "noexec", "mode=1777"], sizeBytes: 64 << 20),
                TemporaryFileSystem(
                    target: "/home/opencode", options: ["nosuid", "nodev", "mode=0700"], owner: .user),
            ])
        #expect(definition.profiles == ["standard": expected])
        #expect(definition.claims.map(\.id) == ["C08", "C24"])
        #expect(definition.claims.first?.probes == [.identity(.capbnd), .capability(.kill)])
    }

    @Test func theDigestCoversTheFilter() throws {
        let first = try Self.load(Self.profile).digest
        let again = try Self.load(Self.profile).digest
        let other = try Self.load(Self.profile, seccomp: "{}").digest
        let edited = try Self.load(Self.profile + "# more\n").digest
        #expect(first == again && first != other && first != edited)
    }

    /// The project's own file, with the four capabilities of SECURITY.md.
    @Test func theProjectsOwnFile() throws {
        let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let text = try Files.read(root.appending("image").appending("hardening.yaml"), limit: 1 << 20)
        let definition = try Self.load(String(decoding: text, as: UTF8.self))
        #expect(definition.profiles.keys.sorted() == ["standard", "strict"])
        let standard = try #require(definition.profiles["standard"])
        #expect(standard.capabilities.mask == 0xc9 && standard.noNewPrivileges && standard.limits.pids == 1024)
        #expect(definition.profiles.values.allSatisfy { $0.limits.sharedMemory == 1 << 30 })
        let strict = try #require(definition.profiles["strict"])
        #expect(strict.capabilities.isEmpty && !strict.sudo && strict.readOnlyRoot && strict.network == .none)
    }

    @Test(arguments: [
        (
            "version: 1", "version: 2", 1, 10,
            "'2' cannot be 'version': it must be 1, the version that this program reads."
        ),
        (
            "    sudo: true", "    sudo: yes please", 7, 11,
            "'yes please' cannot be 'profiles.standard.sudo': it must be true or false."
        ),
        ("    sudo: true\n", "", 4, 5, "The key 'profiles.standard.sudo' is missing."),
        ("    sudo: true", "    sudo: true\n    sudoers: true", 8, 5, "The key 'sudoers' is not known here."),
        (
            "FOWNER, SETGID", "CAP_FOWNER, SETGID", 4, 27,
            "'CAP_FOWNER' cannot be 'profiles.standard.capabilities': it must be a capability (capabilities(7), without 'CAP_')."
        ),
        ("FOWNER, SETGID", "CHOWN, SETGID", 4, 27, "'CHOWN' is in 'profiles.standard.capabilities' twice."),
        (
            "SETGID, SETUID", "SETGID", 7, 11,
            "'true' cannot be 'profiles.standard.sudo': it must be false without the capabilities SETUID and SETGID."
        ),
        (
            "network: full", "network: host", 8, 14,
            "'host' cannot be 'profiles.standard.network': it must be none or full; the host's own network is for debugging."
        ),
        (
            "network: full", "network: some", 8, 14,
            "'some' cannot be 'profiles.standard.network': it must be one of none, full, host."
        ),
        (
            "seccomp: seccomp.json", "seccomp: ../seccomp.json", 6, 14,
            "'../seccomp.json' cannot be 'profiles.standard.seccomp': it must be the name of a .json file in the same directory."
        ),
        (
            "2GiB", "99999999999999GiB", 10, 34,
            "'99999999999999GiB' cannot be 'profiles.standard.limits.memory': it must be a size such as 64MiB or 2GiB."
        ),
        (
            "1.5}", "nan}", 10, 46,
            "'nan' cannot be 'profiles.standard.limits.cpus': it must be a number of processors such as 1.5."
        ),
        (
            "/tmp,", "/tmp/../etc,", 12, 16,
            "'/tmp/../etc' cannot be 'profiles.standard.tmpfs.path': it must be an absolute path without '.', '..' and a slash at the end."
        ),
        (
            "\"1777\"", "\"4777\"", 12, 28,
            "'4777' cannot be 'profiles.standard.tmpfs.mode': it must be a mode such as \"0755\", without a set-uid or set-gid bit."
        ),
        ("  standard:", "  normal:", 3, 3, "The key 'profiles.standard' is missing."),
        ("id: C24", "id: C08", 16, 5, "'C08' is in 'claims' twice."),
        ("id: C24", "id: 24", 16, 10, "'24' cannot be 'claims.id': it must be 'C' and two digits."),
        (", probes: [id.capbnd, cap.kill]", "", 15, 5, "'C08' must be proved by a probe."),
        (", tests: [Suite.test]", "", 16, 5, "'C24' must be proved by a probe or by a test of the program."),
        ("id.capbnd", "id.capbdn", 15, 64, "There is no probe 'id.capbdn'."),
    ])
    func mistakesHaveAPlace(old: String, new: String, line: Int, column: Int, sentence: String) {
        let text = Self.profile.replacing(old, with: new)
        let error = #expect(throws: DefinitionError.self) { try Self.load(text) }
        #expect(error?.sentence == "image/hardening.yaml:\(line):\(column): \(sentence)")
    }

    @Test(arguments: [
        ("    sudo: true", "    sudi: true", "Did you mean 'sudo'?"),
        ("id.capbnd", "id.capbdn", "Did you mean 'id.capbnd'?"),
        ("id.capbnd", "id.of_tomorrow", "The names are in `claims:` of the shipped hardening.yaml."),
    ])
    func mistakesHaveAWayOut(old: String, new: String, hint: String) {
        let error = #expect(throws: DefinitionError.self) { try Self.load(Self.profile.replacing(old, with: new)) }
        #expect(error?.hint == hint)
    }

    /// An image of another version has probes that this program may not know.
    @Test func anotherVersionsProbesAreKept() throws {
        let text = Self.profile.replacing("id.capbnd", with: "id.of_tomorrow")
        let claim = try Self.load(text, probes: .any).claims.first
        #expect(claim?.probes == [.capability(.kill)] && claim?.unknownProbes == ["id.of_tomorrow"])
    }

    @Test(arguments: ["", "[", "- 1\n", "a: &x [*x]\n", "version: 1\nversion: 1\n", "\u{0}"])
    func whatIsNoDefinitionIsRefused(text: String) {
        #expect(throws: DefinitionError.self) { try Self.load(text) }
    }

    @Test func aFilterThatIsNoObjectIsRefused() {
        let error = #expect(throws: DefinitionError.self) { try Self.load(Self.profile, seccomp: "[]") }
        #expect(error?.sentence.contains("the name of a file with a JSON object") == true)
    }

    @Test func aDefinitionWithoutItsFilterSaysHowToGetBoth() {
        let error = #expect(throws: DefinitionError.self) { try Self.load(Self.profile, seccomp: nil) }
        #expect(error?.sentence == "image/hardening.yaml:6:14: The filter 'seccomp.json' is not beside this file.")
        #expect(error?.hint?.contains("git archive") == true)
    }
}

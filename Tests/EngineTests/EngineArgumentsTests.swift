// SPDX-License-Identifier: Apache-2.0

import Engine
import OCI
import SystemPackage
import Testing

@Suite("Plans as argument lists of Docker and Podman")
struct EngineArgumentsTests {
    private static let seccomp: FilePath = "/etc/filter.json"

    private static func plan(_ change: (inout ContainerPlan) -> Void = { _ in }) -> ContainerPlan {
        var plan = ContainerPlan(
            name: "demo", lowerDirectories: [], arguments: ["/bin/entry", "-c", "id"], environment: ["A=1", "B=x y"],
            workingDirectory: "/workspace", hostname: "box", userID: 0, groupID: 0,
            profile: HardeningProfile(
                name: "test", capabilities: [.setUserID, .chown], seccomp: Array("{}".utf8), maskedPaths: ["/proc/a"],
                readOnlyRoot: false, network: .full, limits: ResourceLimits(pids: 64),
                temporaryFileSystems: [TemporaryFileSystem(target: "/run", options: ["nosuid", "mode=0755"])]),
            labels: ["b": "2", "a": "1"])
        change(&plan)
        return plan
    }

    private static func words(
        _ dialect: CommandLineDialect, _ change: (inout ContainerPlan) -> Void = { _ in },
        _ adjust: (inout ContainerSettings) -> Void = { _ in }
    ) throws -> [String] {
        var settings = ContainerSettings(image: "sha256:1", seccompFile: seccomp)
        adjust(&settings)
        return try EngineArguments(dialect).run(plan(change), settings)
    }

    @Test("The complete list for Docker")
    func docker() throws {
        let expected = """
            run --detach --log-driver json-file --name demo --pull never --ipc private --hostname box \
            --cgroupns private --cap-drop ALL --cap-add CHOWN --cap-add SETUID --security-opt no-new-privileges \
            --security-opt seccomp=/etc/filter.json --pids-limit 64 --user 0:0 --workdir /workspace --env A=1 --env \
            B=x_y --label a=1 --label b=2 --tmpfs /run:rw,nosuid,mode=0755,exec --entrypoint /bin/entry sha256:1 -c id
            """
        #expect(try Self.words(.docker) == Self.split(expected))
    }

    @Test("The complete list for Podman")
    func podman() throws {
        let expected = """
            run --detach --log-driver k8s-file --name demo --pull never --ipc private --hostname box \
            --cgroupns private --http-proxy=false --systemd false --sdnotify ignore --passwd=false --cap-drop ALL \
            --cap-add CHOWN --cap-add SETUID --security-opt no-new-privileges --security-opt seccomp=/etc/filter.json \
            --security-opt mask=/proc/a --pids-limit 64 --user 0:0 --workdir /workspace --env A=1 --env B=x_y \
            --label a=1 --label b=2 --mount \
            type=tmpfs,destination=/run,notmpcopyup,rw,nosuid,tmpfs-mode=0755,exec --entrypoint /bin/entry sha256:1 \
            -c id
            """
        #expect(try Self.words(.podman) == Self.split(expected))
    }

    /// Splits a line into words; an underscore stands for a space.
    private static func split(_ line: String) -> [String] {
        line.split(separator: " ").map { String($0).replacing("_", with: " ") }
    }

    /// A change of the plan or the settings, and the resulting consecutive words.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let docker: [String]
        let podman: [String]
        var plan: @Sendable (inout ContainerPlan) -> Void = { _ in }
        var settings: @Sendable (inout ContainerSettings) -> Void = { _ in }
    }

    private static func same(
        _ words: [String], _ name: String, plan: @escaping @Sendable (inout ContainerPlan) -> Void = { _ in },
        settings: @escaping @Sendable (inout ContainerSettings) -> Void = { _ in }
    ) -> Change {
        Change(testDescription: name, docker: words, podman: words, plan: plan, settings: settings)
    }

    static let changes: [Change] = [
        same(["--pid", "host"], "pid", plan: { $0.profile.namespaces.remove(.pid) }),
        same(["--ipc", "host"], "ipc", plan: { $0.profile.namespaces.remove(.ipc) }),
        same(["--uts", "host"], "uts", plan: { $0.profile.namespaces.remove(.uts) }),
        same(["--cgroupns", "host"], "cgroup", plan: { $0.profile.namespaces.remove(.cgroup) }),
        same(["--network", "host"], "network namespace", plan: { $0.profile.namespaces.remove(.network) }),
        same(["--network", "host"], "network of the host", plan: { $0.profile.network = .host }),
        same(["--network", "none"], "no network", plan: { $0.profile.network = .none }),
        same(["--env-file", "/run/v", "--label"], "variables in a file", settings: { $0.variables = .file("/run/v") }),
        same(
            ["--env", "A", "--env", "B=x y"], "a variable of the client's",
            settings: { $0.variables = .arguments(fromClient: ["A"]) }),
        same(["--network", "project"], "a network by name", settings: { $0.networkName = "project" }),
        same(["--security-opt", "seccomp=unconfined"], "no filter", plan: { $0.profile.seccomp = nil }),
        Change(
            testDescription: "nothing hidden", docker: ["--security-opt", "systempaths=unconfined"],
            podman: ["--security-opt", "unmask=ALL"], plan: { $0.profile.maskedPaths = [] }),
        Change(
            testDescription: "read-only", docker: ["--read-only", "--pids-limit"],
            podman: ["--read-only", "--read-only-tmpfs=false"], plan: { $0.profile.readOnlyRoot = true }),
        same(["--pids-limit", "-1"], "no limit", plan: { $0.profile.limits = ResourceLimits() }),
        same(
            ["--memory", "1000b", "--cpus", "1.5"], "limits",
            plan: { $0.profile.limits = ResourceLimits(memory: 1000, cpus: 1.5) }),
        same(
            ["--ipc", "private", "--shm-size", "1073741824b"], "shared memory",
            plan: { $0.profile.limits.sharedMemory = 1 << 30 }),
        same(
            ["--user", "5:6", "--group-add", "7", "--group-add", "8"], "user",
            plan: { ($0.userID, $0.groupID, $0.additionalGroups) = (5, 6, [7, 8]) }),
        Change(
            testDescription: "memory of the user's", docker: ["--tmpfs", "/home/x:rw,noexec,uid=5,gid=6,size=9"],
            podman: ["--mount", "type=tmpfs,destination=/home/x,notmpcopyup,rw,noexec,U=true,tmpfs-size=9"],
            plan: {
                ($0.userID, $0.groupID) = (5, 6)
                $0.profile.temporaryFileSystems = [
                    TemporaryFileSystem(target: "/home/x", options: ["noexec"], sizeBytes: 9, owner: .user)
                ]
            }),
        same(
            ["--mount", "type=bind,source=/a,destination=/b,bind-propagation=rprivate,readonly"], "mount",
            plan: { $0.mounts = [BindMount(source: "/a", target: "/b")] }),
        same(
            ["--mount", "type=bind,source=/c:d e,destination=/b,bind-propagation=rprivate"], "colon and space",
            plan: { $0.mounts = [BindMount(source: "/c:d e", target: "/b", readOnly: false)] }),
        same(
            [
                "--mount",
                "type=bind,source=/a,destination=/b,bind-propagation=rprivate,readonly,bind-nonrecursive=true",
            ],
            "without what is mounted below",
            plan: { $0.mounts = [BindMount(source: "/a", target: "/b", isRecursive: false)] }),
        same(
            ["--mount", #"type=bind,"source=/a,""b""",destination=/b,bind-propagation=rprivate"#], "comma and quotes",
            plan: { $0.mounts = [BindMount(source: #"/a,"b""#, target: "/b", readOnly: false)] }),
        same(["--no-healthcheck"], "no health", settings: { $0.health = .off }),
        same(
            ["--health-cmd", "/bin/check 'it'\\''s' 'a b'", "--health-interval", "5000000000ns"], "health",
            settings: {
                $0.health = .check(HealthCheck(test: ["CMD", "/bin/check", "it's", "a b"], interval: 5_000_000_000))
            }),
        same(
            ["--health-cmd", "a && b"], "health line",
            settings: { $0.health = .check(HealthCheck(test: ["CMD-SHELL", "a && b"])) }),
        Change(
            testDescription: "the caller's ids", docker: ["--cgroupns", "private", "--cap-drop"],
            podman: ["--userns", "keep-id:uid=5,gid=6"], settings: { $0.userMapping = .caller(uid: 5, gid: 6) }),
        same(
            ["run", "--rm", "--interactive", "--log-driver", "none", "--name"], "attached",
            settings: {
                ($0.attachment, $0.removesItself) = (.caller(input: true), true)
            }),
        same(
            ["run", "--log-driver", "none", "--tty", "--detach-keys"], "terminal", plan: { $0.terminal = true },
            settings: { $0.attachment = .caller(input: false) }),
    ]

    @Test("Each setting has its arguments", arguments: changes, CommandLineDialect.allCases)
    func setting(_ change: Change, _ dialect: CommandLineDialect) throws {
        let words = try Self.words(dialect, change.plan, change.settings)
        let wanted = dialect == .docker ? change.docker : change.podman
        #expect(words.indices.contains { words[$0...].starts(with: wanted) }, "\(wanted) in \(words)")
        #expect(!words.contains("-v") && !words.contains("--volume") && !words.contains("--privileged"))
    }

    /// A change that is refused, and a part of the error message.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let plan: @Sendable (inout ContainerPlan) -> Void
        var image = "sha256:1"
    }

    static let refusals: [Refusal] = [
        .init(
            testDescription: "its name contains control characters",
            plan: { $0.mounts = [BindMount(source: "/a\nb", target: "/b")] }),
        .init(
            testDescription: "'/b\u{7F}' cannot be given to",
            plan: { $0.mounts = [BindMount(source: "/a", target: "/b\u{7F}")] }),
        .init(
            testDescription: "'rel' cannot be given to", plan: { $0.mounts = [BindMount(source: "rel", target: "/b")] }),
        .init(testDescription: "'x' cannot be given to", plan: { $0.mounts = [BindMount(source: "/a", target: "x")] }),
        .init(
            testDescription: "'/\u{FFFD}' cannot be given to",
            plan: { $0.mounts = [BindMount(source: Self.latin, target: "/b")] }),
        .init(testDescription: "'SECRET' is not an environment variable", plan: { $0.environment = ["SECRET"] }),
        .init(testDescription: "'=x' is not an environment variable", plan: { $0.environment = ["=x"] }),
        .init(testDescription: "'-x' cannot be a container's name", plan: { $0.name = "-x" }),
        .init(testDescription: "'a b' cannot be a container's name", plan: { $0.name = "a b" }),
        .init(testDescription: "'a' cannot be a container's name", plan: { $0.name = "a" }),
        .init(testDescription: "'--privileged' cannot be a container's name", plan: { _ in }, image: "--privileged"),
        .init(testDescription: "'demo' has no program to run", plan: { $0.arguments = [] }),
        .init(
            testDescription: "sharing the host's mount", plan: { $0.profile.namespaces.remove(.mount) }),
    ]

    /// A directory whose name is Latin-1.
    private static let latin = FilePath("/").appending(latinName)
    private static let latinName: FilePath.Component = {
        [UInt8(0xE4), 0].withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.flatMap { FilePath(platformString: $0).lastComponent } ?? "x"
            }
        }
    }()

    @Test("Unsupported settings are refused with a message", arguments: refusals, CommandLineDialect.allCases)
    func refusal(_ refusal: Refusal, _ dialect: CommandLineDialect) throws {
        let error = #expect(throws: EngineError.self) {
            try Self.words(dialect, refusal.plan, { $0.image = refusal.image })
        }
        let sentence = error?.sentence ?? ""
        #expect(sentence.contains(refusal.testDescription), "\(sentence)")
        #expect(sentence.hasSuffix("."))
    }

    @Test("exec sets every property of the process", arguments: CommandLineDialect.allCases)
    func exec(_ dialect: CommandLineDialect) throws {
        let process = ProcessPlan(
            arguments: ["id", "-u"], environment: ["A=1"], uid: 5, gid: 6, workingDirectory: "/w")
        let words = try EngineArguments(dialect).exec(process, in: "box", input: true)
        #expect(words.joined(separator: " ") == "exec --interactive --user 5:6 --workdir /w --env A=1 box id -u")
    }
}

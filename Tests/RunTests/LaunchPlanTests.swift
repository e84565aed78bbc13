// SPDX-License-Identifier: Apache-2.0

import Core
import Egress
import Engine
import Foundation
import Glibc
import OCI
import Run
import SystemPackage
import Testing

@Suite("Plans of a start")
struct LaunchPlanTests {
    private let execution = ImageConfiguration.Execution(
        env: ["PATH=/bin", "LANG=en_US.UTF-8"], entrypoint: ["/enter"], cmd: ["zsh"], workingDir: "/workspace")

    private func plan(_ profile: HardeningProfile, command: [String]? = nil) -> LaunchPlan {
        LaunchPlan(
            engine: .embedded, image: "i:1", name: "n", command: command, workspace: "/workspace",
            host: HostPlan(trees: []), environment: ["LANG=C", "TERM=xterm"],
            user: ContainerUser(caller: (1234, 1235), owner: (1, 1), image: (1000, 1000)), profile: profile,
            terminal: true,
            labels: ["a": "b"])
    }

    @Test("With root, the entrypoint assigns UID and GID; without, the container starts as the user")
    func users() {
        let standard = HardeningProfile(name: "standard", capabilities: [.setUserID], sudo: true)
        let container = plan(standard).container(of: execution, trees: ["/t"])
        #expect(container.userID == 0)
        #expect(
            container.environment == [
                "PATH=/bin", "LANG=C", "TERM=xterm", "OPENCODE_UID=1234", "OPENCODE_GID=1235", "OPENCODE_SUDO=1",
            ])
        #expect(container.arguments == ["/enter", "zsh"])
        let strict = plan(HardeningProfile(name: "strict"), command: ["id"]).container(of: execution, trees: ["/t"])
        #expect((strict.userID, strict.groupID) == (1234, 1235))
        #expect(strict.environment == ["PATH=/bin", "LANG=C", "TERM=xterm"])
        #expect(strict.arguments == ["/enter", "id"])
        #expect(strict.labels == ["a": "b"] && strict.terminal)
        var user = plan(standard)
        user.userEnvironment = ["PATH=/x", "OPENCODE_UID=0"]
        #expect(user.container(of: execution, trees: ["/t"]).environment == container.environment)
        let printed = user.container(of: execution, trees: ["/t"], isPrinted: true)
        #expect(printed.environment.first == "PATH=/x" && printed.environment.contains("OPENCODE_UID=1234"))
    }

    @Test(
        "With a list of hosts, the forwarder is between the entrypoint and the command, in a container without a route")
    func forwarder() throws {
        var plan = plan(HardeningProfile(name: "strict"), command: ["id"])
        #expect(plan.network == .none)
        let access = NetworkAccess(rules: try NetworkRule.rules(["npm"]), forwarder: "/f")
        plan.access = access
        let container = plan.container(of: execution, trees: ["/t"])
        let words = ["/run/opencode-forwarder", "serve", "4128", "/run/opencode-session/network"]
        #expect(container.arguments == ["/enter"] + words + ["id"])
        #expect(plan.network == .allow(access.rules) && container.profile.network == .none)
        #expect(access.mount.readOnly && access.mount.noSuid)
        plan.command = []
        #expect(plan.container(of: execution, trees: ["/t"]).arguments == ["/enter"])
        let lower = access.environment.filter { $0.first?.isLowercase == true }
        #expect(Set(lower.map { $0.uppercased() }).isSubset(of: Set(access.environment.map { $0.uppercased() })))
        #expect(lower.count == 4)
    }

    @Test(
        "The UID and GID of the user",
        arguments: [
            (1500, 1500, 1000, 1500, false), (0, 0, 0, 1000, true), (0, 0, 77, 77, false), (1000, 1000, 0, 1000, false),
        ] as [(UInt32, UInt32, UInt32, UInt32, Bool)])
    func numbers(caller: UInt32, group: UInt32, owner: UInt32, expected: UInt32, isWarned: Bool) {
        let user = ContainerUser(caller: (caller, group), owner: (owner, owner), image: (1000, 1000))
        #expect(user.userID == expected)
        #expect(user.groupID == (group != 0 && caller != 0 ? group : caller == 0 && owner == 0 ? 1000 : user.userID))
        #expect((user.warning != nil) == isWarned)
    }

    @Test(
        "The caller's environment variables",
        arguments: [
            (["GITHUB_TOKEN": "t", "AWS_SECRET_ACCESS_KEY": "s", "PATH": "/x", "HOME": "/y", "LD_PRELOAD": "z"], []),
            (["LANG": "de_DE.UTF-8"], []), (["LANG": "C.UTF-8"], ["LANG=C.UTF-8"]),
            (["EDITOR": "/usr/bin/nano"], ["EDITOR=nano"]),
            (["EDITOR": "code --wait"], []), (["TZ": "Europe/Paris"], ["TZ=Europe/Paris"]),
            (["TZ": "../../etc/passwd"], []),
            (["COLORTERM": "truecolor"], ["COLORTERM=truecolor"]), (["COLORTERM": "a\nb"], []),
            (["SSH_AUTH_SOCK": "/s", "DOCKER_HOST": "x", "http_proxy": "http://u:p@h"], []),
        ] as [([String: String], [String])])
    func variables(given: [String: String], expected: [String]) {
        #expect(CallerVariables.allowed(given) == expected)
    }

    @Test(
        "Amounts",
        arguments: [
            ("512m", 512 << 20), ("2g", 2 << 30), ("2G", 2 << 30), ("8388608", 8_388_608), ("1k", nil), ("", nil),
            ("g", nil),
            ("-1g", nil), ("99999999999999999999g", nil), ("1.5g", 1_610_612_736), ("512MB", 512_000_000), ("٣g", nil),
        ] as [(String, UInt64?)])
    func amounts(text: String, bytes: UInt64?) {
        #expect((try? Amount.bytes(text, option: "--memory")) == bytes)
    }

    @Test(
        "An unsupported version causes a warning",
        arguments: [
            ("1.1.0", "1.1.0", true), ("1.1.17", "1.1.0", true), ("1.0.17", "1.1.0", false), ("0.9.0", "1.1.0", false),
            ("1.2.0", "1.1.0", true), ("1.9.0", "2.0.0", false), ("1.0.0", "0.0.0", true),
        ])
    func supportedVersions(version: String, program: String, isSupported: Bool) throws {
        let program = try SemanticVersion(program)
        #expect((SupportedVersions.warning(version, program: program) == nil) == isSupported)
    }

    @Test("The introduction at the first start has five lines")
    func welcome() {
        let lines = Welcome.lines(.full)
        for network in [NetworkPolicy.none, .allow([])] {
            let others = Welcome.lines(network)
            #expect(others.count == 5 && (lines + others).allSatisfy { $0.count <= 116 })
            #expect(!others.contains { $0.contains("network is open") } && others != lines)
        }
        #expect(lines.count == 5)
        for word in ["this directory", "network is open", "not against an attacker", "verify", "SECURITY.md"] {
            #expect(lines.contains { $0.contains(word) }, "\(word)")
        }
    }

    @Test("Directories with the same name, and the project twice, are refused")
    func clashes() throws {
        try Fixture.directory { directory in
            for name in ["p", "a/docs", "b/docs"] { try Files.makeDirectories(directory.pushing(FilePath(name))) }
            let protected = ProtectedPaths(home: "/no")
            let project = directory.appending("p")
            let adding = ["a/docs:ro", "b/docs"].map { AddedDirectory("\(directory)/\($0)") }
            #expect(throws: RunError.self) {
                try WorkspaceDirectories(
                    AddedDirectory(project.string), samePath: false, adding: adding, protected: protected)
            }
            #expect(throws: RunError.self) {
                try WorkspaceDirectories(
                    AddedDirectory(project.string), samePath: false, adding: [AddedDirectory(project.string)],
                    protected: protected)
            }
            let same = try WorkspaceDirectories(
                AddedDirectory(project.string), samePath: true, adding: adding, protected: protected)
            #expect(
                same.mounts.map(\.target)
                    == [project, directory.pushing("a/docs"), directory.pushing("b/docs")].map(\.string))
            #expect(same.mounts.map(\.readOnly) == [false, true, false])
        }
    }
}

@Suite("git's settings, tokens and changed files")
struct SessionTests {
    @Test("Credentials are listed, the safest first, with a warning about one's own key")
    func ranked() throws {
        let environment = ["GITHUB_TOKEN": "second", "GH_TOKEN": "first", "GITLAB_TOKEN": "lab", "AWS_TOKEN": "x"]
        let found = Credentials.found(environment: environment, dedicatedKey: "/k")
        #expect(
            found.lines == [
                "GitHub token (GH_TOKEN): the agent can read it; in memory only",
                "GitLab token (GITLAB_TOKEN): the agent can read it; in memory only",
                "ssh key for coding agents: signatures only, the key stays outside",
            ])
        #expect(found.tokens.first?.token.revealed == Array("first".utf8))
        #expect(Credentials.found(environment: ["GH_TOKEN": ""], dedicatedKey: nil).isEmpty)
        #expect(SSHAccess.warning.contains("Safer: a GitHub token"))
        #expect(SSHAccess.warning.contains("`opencode-docker key create`"))
    }

    @Test("git reads the written settings, including unusual names")
    func settings() throws {
        try Fixture.directory { directory in
            let identity = GitIdentity(name: "A \"B\" \\ C; #é", email: "a@b")
            let file = directory.appending("config")
            try Files.write(Array("t0k3n".utf8), to: directory.appending("token"))
            let settings = GitSettings(
                safeDirectories: ["/workspace", "/a b\"c"], identity: identity,
                tokens: [TokenPlace(address: "https://github.com", userName: "x", file: "\(directory)/token")])
            try Files.write(Array(settings.text.utf8), to: file)
            let variables = ["GIT_CONFIG_GLOBAL": file.string, "GIT_TERMINAL_PROMPT": "0"]
            #expect(try Fixture.shell("git config user.name", variables: variables) == "A \"B\" \\ C; #é\n")
            #expect(
                try Fixture.shell("git config --get-all safe.directory", variables: variables)
                    == "/workspace\n/a b\"c\n")
            let fill = "printf 'protocol=https\\nhost=%s\\n\\n' \"$1\" | git credential fill"
            let filled = try Fixture.shell(fill, "github.com", variables: variables)
            #expect(filled == "protocol=https\nhost=github.com\nusername=x\npassword=t0k3n\n")
            #expect(throws: Fixture.Failed.self) { try Fixture.shell(fill, "evil.example", variables: variables) }
            #expect(try !Fixture.shell("git config -l", variables: variables).contains("t0k3n"))
            let listing = try Fixture.shell(
                "git config --global --null --get-regexp '^user\\.'", variables: variables)
            #expect(GitIdentity(listing: Array(listing.utf8)) == identity)
        }
    }

    @Test(
        "The settings replace those of an image that does not include them",
        arguments: [
            ("/run/opencode-gitconfig", "/run/opencode-gitconfig", false), ("/elsewhere", "/etc/gitconfig", true),
            (nil, "/etc/gitconfig", true),
        ] as [(String?, String, Bool)])
    func settingsPlace(label: String?, target: String, isWhole: Bool) {
        let place = GitSettingsPlace(labels: label.map { ["opencode-docker.git-include": $0] } ?? [:])
        #expect(place.target == target)
        #expect(GitSettings(at: place, safeDirectories: []).text.contains("defaultBranch = main") == isWhole)
    }

    @Test("A token is never printed")
    func token() throws {
        let token = try #require(Token("s3cret\n"))
        var dumped = ""
        dump(token, to: &dumped)
        let texts = ["\(token)", String(describing: token), String(reflecting: token), "\([token])", dumped]
        for text in texts { #expect(!text.contains("s3cret")) }
        #expect(token.revealed == Array("s3cret".utf8))
        for text in ["", "\n", "a b", "a\nb", "\na", "a\u{1b}", "é"] { #expect(Token(text) == nil) }
    }

    @Test("A session's directory is in memory, private, and removed, also after a kill")
    func session() throws {
        let session = try SessionDirectory(places: ["/nonexistent", "/dev/shm"])
        try session.put([1], as: "a/b")
        #expect(try Files.status(of: session.outer).st_mode & 0o777 == 0o700)
        let left = session.outer.removingLastComponent().appending("left")
        try Files.makeDirectories(left)
        try Files.write([], to: left.appending("owner"))
        let second = try SessionDirectory(places: ["/dev/shm"])
        #expect(!Files.exists(left) && Files.exists(session.inner.pushing("a/b")))
        second.remove()
        session.remove()
        #expect(!Files.exists(session.outer))
        #expect(throws: RunError.noMemoryDirectory(["/nonexistent"])) { try SessionDirectory(places: ["/nonexistent"]) }
    }

    @Test("The file system of a directory is found by its device")
    func mounts() {
        let table = MountTable(
            "36 35 0:23 / /dev/shm rw,nosuid - tmpfs shm rw\n29 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n")
        #expect(table.type(ofDevice: 23) == "tmpfs")
        #expect(table.type(ofDevice: 0x801) == "ext4")
        #expect(table.type(ofDevice: 7) == nil)
    }
}

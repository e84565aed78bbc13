// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import Glibc
import Run
import SystemPackage
import Testing

@Suite("The ssh-agent filter")
struct AgentFilterTests {
    static let mine: [UInt8] = [1, 2, 3]
    static let other: [UInt8] = [4, 5, 6]
    let filter = AgentFilter(allowed: [mine])

    static func sign(_ key: [UInt8], _ data: [UInt8] = [7], flags: UInt32 = 2) -> [UInt8] {
        [13] + SSHWriter.string(key) + SSHWriter.string(data) + SSHWriter.number(flags)
    }

    static func bind(_ name: String) -> [UInt8] {
        [27] + SSHWriter.string(Array(name.utf8)) + (0..<3).flatMap { _ in SSHWriter.string([0]) } + [0]
    }

    /// Requests that are forwarded.
    static let passed: [[UInt8]] = [[11], sign(mine), bind("session-bind@openssh.com")]
    static let malformed: [[UInt8]] = [
        [], [11, 0], sign(other), sign(mine) + [0], Array(sign(mine).dropLast()), [13, 0xff, 0xff, 0xff, 0xff],
        bind("query"), bind("restrict-destination-v00@openssh.com"),
        Array(bind("session-bind@openssh.com").dropLast(3)), [27],
    ]
    static let otherKinds: [[UInt8]] = (0...255).filter { $0 != 11 && $0 != 13 && $0 != 27 }.map { [$0, 0, 0, 0, 0] }

    @Test("Forwarded requests", arguments: passed)
    func passes(message: [UInt8]) { requests(message: message, isPassed: true) }

    @Test("Refused requests", arguments: malformed + otherKinds)
    func refuses(message: [UInt8]) { requests(message: message, isPassed: false) }

    private func requests(message: [UInt8], isPassed: Bool) {
        switch filter.judge(message) {
        case .pass: #expect(isPassed, "\(message)")
        case .refuse(let answer, _):
            #expect(!isPassed, "\(message)")
            #expect(answer == [5] || answer == [28])
        }
    }

    @Test("Only permitted identities are listed")
    func identities() {
        let all = AgentKey.answer([AgentKey(blob: Self.mine, comment: "a"), AgentKey(blob: Self.other, comment: "b")])
        #expect(AgentKey.list(filter.answer(all, to: .identities)) == [AgentKey(blob: Self.mine, comment: "a")])
    }

    @Test(
        "An answer of another kind is not forwarded",
        arguments: [
            ([12, 0, 0, 0, 9], AgentFilter.Question.identities), ([6], .identities), ([14], .signature(purpose: "")),
            ([12, 0, 0, 0, 0], .signature(purpose: "")), ([6, 1], .binding), ([14, 0, 0, 0, 0], .binding),
            ([], .binding),
        ])
    func answers(answer: [UInt8], question: AgentFilter.Question) {
        #expect(filter.answer(answer, to: question) == [5])
    }

    static func logIn(_ user: String) -> [UInt8] {
        SSHWriter.string([9]) + [50] + SSHWriter.string(Array(user.utf8)) + SSHWriter.string([UInt8]())
    }
    static let preamble = Array("SSHSIG".utf8)
    static let signed: [([UInt8], String)] = [
        (preamble + SSHWriter.string(Array("git".utf8)), "file signature, namespace 'git'"),
        (logIn("git"), "log-in as 'git'"), (logIn("a\nb\u{1b}"), "log-in as 'a?b?'"), ([], "unknown data"),
        (preamble, "file signature, namespace '?'"),
    ]

    @Test("The logged purpose of a signature cannot forge a line", arguments: signed)
    func purposes(data: [UInt8], purpose: String) {
        #expect(SignedData.purpose(data) == purpose)
    }
}

/// OpenSSH's own agent and tools on both sides of the proxy.
@Suite("The ssh-agent proxy with OpenSSH", .enabled(if: access("/usr/bin/ssh-agent", X_OK) == 0))
struct SSHAgentProxyTests {
    /// An agent with two keys, of which the proxy permits `a`.
    private func withProxy(_ body: (FilePath, FilePath, LineLog) throws -> Void) throws {
        try Fixture.directory { directory in
            try Fixture.shell(
                "cd \"$1\"; for k in a b; do ssh-keygen -q -t ed25519 -N '' -C $k -f $k; done", directory.string)
            let agent = try PrivateAgent(
                key: directory.appending("a"), directory: directory, environment: ["PATH": "/usr/bin:/bin"])
            defer { agent.stop() }
            try Fixture.shell(
                "ssh-add -q \"$1/b\"", directory.string, variables: ["SSH_AUTH_SOCK": agent.socket.string])
            let user = try UserAgent(socket: agent.socket.string, choice: "a")
            let log = LineLog()
            let proxy = try SSHAgentProxy(
                path: directory.appending("proxy"), agent: agent.socket, filter: AgentFilter(allowed: [user.key.blob]),
                log: log.add)
            defer { proxy.stop() }
            try body(directory, agent.socket, log)
        }
    }

    private func through(_ directory: FilePath, _ script: String) throws -> String {
        try Fixture.shell(
            "cd \"$1\"; \(script)", directory.string, variables: ["SSH_AUTH_SOCK": "\(directory)/proxy"])
    }

    @Test("One key is listed, and it signs")
    func signs() throws {
        try withProxy { directory, _, log in
            let listed = try through(directory, "ssh-add -l")
            #expect(listed == (try Fixture.shell("ssh-keygen -lf \"$1/a.pub\"", directory.string)))
            let script = """
                echo text > text; ssh-keygen -q -Y sign -f a.pub -n git text
                printf 'me %s\\n' "$(cat a.pub)" > allowed
                ssh-keygen -Y verify -f allowed -I me -n git -s text.sig < text
                """
            #expect(try through(directory, script).contains("Good \"git\" signature"))
            #expect(log.lines.contains("signed: file signature, namespace 'git'"))
        }
    }

    @Test(
        "Refused requests do not change the agent",
        arguments: [
            "ssh-add -D", "ssh-add -q -d a.pub", "ssh-add -q b",
            "SSH_ASKPASS=/bin/true SSH_ASKPASS_REQUIRE=force ssh-add -x",
            "rm b; echo t > t; ssh-keygen -q -Y sign -f b.pub -n git t", "ssh-add -q -t 60 a",
        ])
    func refuses(script: String) throws {
        try withProxy { directory, agent, log in
            let status = try Files.status(of: agent)
            let outcome = try through(directory, "{ \(script); } 2> /dev/null && echo done || echo refused")
            #expect(outcome == "refused\n")
            let keys = try UserAgent.keys(of: agent).map(\.comment)
            #expect(keys == ["a", "b"])
            // ssh-keygen does not request a signature with a key that is not listed.
            #expect(script.contains("ssh-keygen") || log.lines.contains { $0.hasPrefix("refused") })
            let after = try Files.status(of: agent)
            #expect(after.st_mode == status.st_mode && after.st_uid == status.st_uid)
            #expect(after.st_ctim.tv_sec == status.st_ctim.tv_sec && after.st_ctim.tv_nsec == status.st_ctim.tv_nsec)
        }
    }

    @Test("Fingerprints equal those of ssh-keygen and select a key")
    func fingerprints() throws {
        try withProxy { directory, agent, _ in
            let keys = try UserAgent.keys(of: agent)
            for key in keys {
                #expect(
                    try Fixture.shell("ssh-keygen -lf \"$1/$2.pub\"", directory.string, key.comment).contains(
                        key.fingerprint))
                #expect(try UserAgent.choose(key.fingerprint, among: keys) == key)
            }
            #expect(throws: RunError.self) { try UserAgent.choose(nil, among: keys) }
            #expect(throws: RunError.self) { try UserAgent.choose("c", among: keys) }
        }
    }
}

/// Lines from other threads.
final class LineLog: @unchecked Sendable {
    // Every access holds the lock.
    private let lock = NSLock()
    private var kept: [String] = []
    var lines: [String] { lock.withLock { kept } }
    var add: @Sendable (String) -> Void { { line in self.lock.withLock { self.kept.append(line) } } }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Release
import Testing

/// Git's words about a remote: which of them mean that another machine was faster, that somebody may not push, or that
/// the network failed. The first two are recorded from git 2.39 against GitHub and a bare repository.
@Suite struct RemoteRefusalTests {
    /// A git with one answer to `push`, `ls-remote` and `fetch`, and another one to the look at the references after a
    /// refused push.
    private struct Recorded: GitProgram {
        let answer: GitAnswer
        var look = ""

        func run(_ call: GitCall) async throws -> GitAnswer {
            call.arguments.contains { $0.hasPrefix("refs/tags/v1.0.0") }
                ? GitAnswer(status: 0, output: Array(look.utf8), complaint: "") : answer
        }
    }

    private static let base = String(repeating: "a", count: 40)
    private static let other = String(repeating: "b", count: 40)
    private static var commit: GitObject { get throws { try #require(GitObject(base)) } }
    private static var prepared: PreparedCommit {
        get throws { PreparedCommit(parent: try commit, commit: try commit, tag: try commit, name: "v1.0.0") }
    }

    private static func push(_ summary: String, _ complaint: String, look: String) async -> ReleaseError? {
        let lines = [
            "To r.example", "!\tx:refs/heads/main\t\(summary)",
            "!\ty:refs/tags/v1.0.0\t[rejected] (atomic push failed)",
        ]
        let answer = GitAnswer(
            status: 1, output: Array(lines.joined(separator: "\n").utf8), complaint: complaint)
        do throws {
            try await GitRepository(Recorded(answer: answer, look: look)).push(try prepared, to: "main", of: "origin")
        } catch let error as ReleaseError { return error } catch { return nil }
        return nil
    }

    @Test(
        "A rejected reference: faster, or forbidden with the remote's words",
        arguments: [
            ("[rejected] (fetch first)", "", nil), ("[rejected] (non-fast-forward)", "", nil),
            ("[rejected] (already exists)", "", nil),
            ("[remote rejected] (cannot lock ref 'refs/heads/main': is at b but expected a)", "", nil),
            ("[remote rejected] (pre-receive hook declined)", "", "pre-receive hook declined"),
            ("[remote rejected] (protected branch hook declined)", "", "protected branch hook declined"),
            (
                "[remote rejected] (cannot lock ref 'x': Permission denied)", "error: Permission denied",
                "cannot lock ref 'x': Permission denied"
            ),
            ("[remote rejected] (unpacker error)", "", "unpacker error"),
        ] as [(String, String, String?)])
    func rejected(_ summary: String, _ complaint: String, _ reason: String?) async {
        let look = "\(Self.base)\trefs/heads/main\n"
        let said =
            "remote: error: GH006: \u{1b}[31mProtected branch.      \n\(complaint)\nerror: failed to push some refs\n"
        let error = await Self.push(summary, said, look: look)
        guard let reason else {
            #expect(error == .overtaken("origin", "main", complaint: said))
            return
        }
        #expect(error == .forbidden("origin", reason: reason, words: ["error: GH006: ?[31mProtected branch."]))
    }

    @Test(
        "A hook's refusal is another machine's when the branch moved, or the tag is there",
        arguments: [
            "\(other)\trefs/heads/main\n", "\(base)\trefs/heads/main\n\(other)\trefs/tags/v1.0.0\n",
        ])
    func moved(_ look: String) async {
        let error = await Self.push("[remote rejected] (failed to update ref)", "", look: look)
        #expect(error == .overtaken("origin", "main", complaint: ""))
    }

    /// The complaint, and the reason when it is no matter of time.
    private static let complaints: [(String, String?)] = [
        ("fatal: unable to access 'https://h/x/': Could not resolve host: h", nil),
        ("fatal: unable to access 'https://h/x/': The requested URL returned error: 502", nil),
        ("fatal: unable to access 'https://h/x/': The requested URL returned error: 429", nil),
        ("ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote repository.", nil),
        ("kex_exchange_identification: Connection closed by remote host\nfatal: Could not read", nil),
        ("error: RPC failed; curl 56 Recv failure: Connection reset by peer\nfatal: early EOF", nil),
        (
            "fatal: unable to access 'https://h/x/': The requested URL returned error: 403",
            "unable to access 'https://h/x/': The requested URL returned error: 403"
        ),
        (
            "error: RPC failed; HTTP 403 curl 22\nsend-pack: unexpected disconnect\nfatal: the remote end hung up unexpectedly",
            "RPC failed; HTTP 403 curl 22"
        ),
        (
            "remote: Invalid username or password.\nfatal: Authentication failed for 'https://h/x/'",
            "Authentication failed for 'https://h/x/'"
        ),
        (
            "fatal: could not read Username for 'https://h': terminal prompts disabled",
            "could not read Username for 'https://h': terminal prompts disabled"
        ),
        (
            "fatal: '/x.git' does not appear to be a git repository\nfatal: Could not read",
            "'/x.git' does not appear to be a git repository"
        ),
        ("git@h: Permission denied (publickey).\nfatal: Could not read", "git@h: Permission denied (publickey)."),
        ("ERROR: Repository not found.\nfatal: Could not read from remote repository.", "Repository not found."),
        ("fatal: the receiving end does not support --atomic push", "the receiving end does not support --atomic push"),
        ("", "git gave no reason"),
    ]

    @Test("A call that failed as a whole: forbidden in git's words, or the network", arguments: complaints)
    func whole(_ complaint: String, _ reason: String?) async {
        let git = GitRepository(Recorded(answer: GitAnswer(status: 128, output: [], complaint: complaint)))
        for attempt in [
            { try await git.push(try Self.prepared, to: "main", of: "origin") },
            { try await git.checkPush(of: try Self.commit, as: "v1.0.0", to: "main", of: "origin") },
            { _ = try await git.fetch("main", from: "origin") },
        ] as [@Sendable () async throws -> Void] {
            do { try await attempt() } catch let error as ReleaseError {
                guard case .forbidden(_, let said, _) = error else {
                    #expect(reason == nil && error == .unreachable("origin", complaint: complaint))
                    continue
                }
                #expect(said == reason)
            } catch { Issue.record(error) }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// A release as git objects that no branch contains yet.
package struct PreparedCommit: Hashable, Sendable, Codable {
    /// The parent commit.
    package let parent: GitObject
    /// The commit.
    package let commit: GitObject
    /// The annotated tag of the commit.
    package let tag: GitObject
    /// The tag's name.
    package let name: String

    /// A prepared release from its objects.
    package init(parent: GitObject, commit: GitObject, tag: GitObject, name: String) {
        self.parent = parent
        self.commit = commit
        self.tag = tag
        self.name = name
    }
}

extension GitRepository {
    /// The tree of `commit` with `files` in it, by path.
    ///
    /// - Parameter scratch: A path that does not exist, for an index; the work tree's own index is not used.
    package func tree(
        of commit: GitObject, with files: [String: [UInt8]], scratch: FilePath
    ) async throws -> GitObject {
        let index = ["GIT_INDEX_FILE": scratch.string]
        defer { try? Files.removeTree(scratch) }
        try await must("read-tree", commit.description, environment: index)
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            let blob = try object(
                try await must("hash-object", "-w", "--no-filters", "--stdin", input: bytes), "hash-object")
            try await must("update-index", "--add", "--cacheinfo", "100644,\(blob),\(path)", environment: index)
        }
        return try object(try await must("write-tree", environment: index), "write-tree")
    }

    /// Creates the commit and its tag without updating a branch or the tag's reference.
    package func prepare(
        _ tree: GitObject, on parent: GitObject, tag name: String, message: String, by signature: GitSignature
    ) async throws -> PreparedCommit {
        let commit = try object(
            try await must(
                "commit-tree", tree.description, "-p", parent.description, input: Array(message.utf8),
                environment: signature.environment), "commit-tree")
        let text = "object \(commit)\ntype commit\ntag \(name)\ntagger \(signature.line)\n\n\(message)"
        let tag = try object(try await must("mktag", input: Array(text.utf8)), "mktag")
        return PreparedCommit(parent: parent, commit: commit, tag: tag, name: name)
    }

    /// Pushes the branch and the tag to the remote: both or none (git-push(1), `--atomic`).
    ///
    /// - Throws: `ReleaseError.overtaken` when the branch has moved or the tag exists, `.forbidden`, `.unreachable`.
    package func push(_ prepared: PreparedCommit, to branch: String, of remote: String) async throws {
        let target = PushTarget(remote: remote, branch: branch, tag: prepared.name)
        let answer = try await ask(target, branch: prepared.commit, tag: prepared.tag, options: [])
        if answer.status != 0 { throw try await refusal(answer, target, base: prepared.parent) }
    }

    /// Asks the remote whether it would take a commit on the branch and a new tag, without sending either.
    ///
    /// The remote checks the login, and that it may write at all; rules about single branches and hooks of the server
    /// judge real pushes only.
    ///
    /// - Throws: `ReleaseError.overtaken`, `.forbidden`, `.unreachable`.
    package func checkPush(of commit: GitObject, as tag: String, to branch: String, of remote: String) async throws {
        let target = PushTarget(remote: remote, branch: branch, tag: tag)
        let answer = try await ask(target, branch: commit, tag: commit, options: ["--dry-run"])
        if answer.status != 0 { throw try await refusal(answer, target, base: commit) }
    }

    private func ask(
        _ target: PushTarget, branch: GitObject, tag: GitObject, options: [String]
    ) async throws -> GitAnswer {
        let references = ["\(branch):refs/heads/\(target.branch)", "\(tag):refs/tags/\(target.tag)"]
        let all = ["push"] + options + ["--atomic", "--porcelain", "--no-verify", target.remote] + references
        return try await program.run(GitCall(arguments: all))
    }

    /// The error of a refused push: only a branch or a tag that moved meanwhile is another machine's.
    private func refusal(_ answer: GitAnswer, _ target: PushTarget, base: GitObject) async throws -> ReleaseError {
        let refusal = RemoteRefusal(of: target.remote, answer)
        guard refusal.namesReferences else { return refusal.error }
        var isOvertaken = refusal.isOvertaken
        if isOvertaken == nil { isOvertaken = try await hasMoved(target, from: base) }
        return isOvertaken == true
            ? .overtaken(target.remote, target.branch, complaint: answer.complaint) : refusal.error
    }

    /// Whether the remote has another commit on the branch than `base`, or the tag.
    private func hasMoved(_ target: PushTarget, from base: GitObject) async throws -> Bool {
        let answer = try await ask(
            "ls-remote", target.remote, "refs/heads/\(target.branch)", "refs/tags/\(target.tag)")
        guard answer.status == 0 else { return false }
        return answer.lines.contains { $0.hasSuffix("refs/tags/\(target.tag)") || !$0.hasPrefix(base.description) }
    }

    /// Updates the local branch and tag together, then the work tree.
    ///
    /// Repeating the call finishes an interrupted one.
    ///
    /// - Throws: `ReleaseError.git`, when the branch has moved.
    func adopt(_ prepared: PreparedCommit, on branch: String) async throws {
        var moves = ["start"]
        if try await commit(ofTag: prepared.name) != prepared.commit {
            moves.append("create refs/tags/\(prepared.name) \(prepared.tag)")
        }
        if try await workTree().head != prepared.commit {
            moves.append("update refs/heads/\(branch) \(prepared.commit) \(prepared.parent)")
        }
        moves += ["prepare", "commit", ""]
        if moves.count > 4 { try await must("update-ref", "--stdin", input: Array(moves.joined(separator: "\n").utf8)) }
        try await bringFiles(from: prepared.parent, to: prepared.commit)
    }

    /// Updates the work tree as `git checkout` does between two commits; local changes are kept.
    func bringFiles(from old: GitObject, to new: GitObject) async throws {
        _ = try await ask("update-index", "-q", "--refresh")
        try await must("read-tree", "-m", "-u", old.description, new.description)
    }
}

/// The references that a release pushes.
private struct PushTarget {
    let remote: String
    let branch: String
    let tag: String
}

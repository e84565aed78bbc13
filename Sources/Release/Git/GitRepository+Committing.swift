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
    /// - Throws: `ReleaseError.overtaken` when the branch has moved or the tag exists, `.unreachable`.
    package func push(_ prepared: PreparedCommit, to branch: String, of remote: String) async throws {
        let answer = try await ask(
            "push", "--atomic", "--porcelain", "--no-verify", remote, "\(prepared.commit):refs/heads/\(branch)",
            "\(prepared.tag):refs/tags/\(prepared.name)")
        if answer.status == 0 { return }
        // git-push(1), "Porcelain output": one line that begins with "!" for each rejected reference.
        guard answer.lines.contains(where: { $0.hasPrefix("!") }) else {
            throw ReleaseError.unreachable(remote, complaint: answer.complaint)
        }
        throw ReleaseError.overtaken(remote, branch, complaint: answer.complaint)
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

// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

extension GitRepository {
    /// The remote of that name; `nil` in a repository without remotes.
    ///
    /// - Throws: `ReleaseError.noRemote` when there are only others.
    package func remote(_ name: String) async throws -> String? {
        let known = try await must("remote").lines
        if known.isEmpty { return nil }
        guard known.contains(name) else { throw ReleaseError.noRemote(name, known) }
        return name
    }

    /// Fetches the remote's branch and all release tags.
    ///
    /// - Returns: The branch's commit there; `nil` when the remote does not have the branch.
    /// - Throws: `ReleaseError.unreachable`, `.forbidden`, `.tagsDiffer`.
    package func fetch(_ branch: String, from remote: String) async throws -> GitObject? {
        let listed = try await ask("ls-remote", "--heads", remote, "refs/heads/\(branch)")
        guard listed.status == 0 else { throw RemoteRefusal(of: remote, listed).error }
        guard let tip = listed.text.split(separator: "\t").first.flatMap({ GitObject($0) }) else { return nil }
        let fetched = try await ask(
            "fetch", "--no-tags", remote, "+refs/heads/\(branch):refs/remotes/\(remote)/\(branch)",
            "refs/tags/v*:refs/tags/v*")
        if fetched.status != 0 {
            guard fetched.complaint.contains("would clobber existing tag") else {
                throw RemoteRefusal(of: remote, fetched).error
            }
            throw ReleaseError.tagsDiffer(remote)
        }
        return tip
    }

    /// Whether `commit` is `other` or a descendant of it.
    package func contains(_ commit: GitObject, _ other: GitObject) async throws -> Bool {
        let answer = try await ask("merge-base", "--is-ancestor", other.description, commit.description)
        guard [0, 1].contains(answer.status) else {
            throw ReleaseError.git(["merge-base"], complaint: answer.complaint)
        }
        return answer.status == 0
    }

    /// The releases in the history of `commit`, the newest version first.
    package func releases(before commit: GitObject) async throws -> [ReleaseTag] {
        let answer = try await must(
            "for-each-ref", "--merged=\(commit)", "--format=%(refname:strip=2) %(objectname) %(*objectname)",
            "refs/tags/v*")
        return answer.lines.compactMap { line in
            let words = line.split(separator: " ")
            guard words.count >= 2, let version = SemanticVersion(gitTag: words[0]),
                let commit = GitObject(words[words.count - 1])
            else { return nil }
            return ReleaseTag(version: version, commit: commit)
        }.sorted { $0.version > $1.version }
    }

    /// The commit that a tag names; `nil` when the tag does not exist.
    package func commit(ofTag name: String) async throws -> GitObject? {
        let answer = try await ask("rev-parse", "--quiet", "--verify", "refs/tags/\(name)^{commit}")
        return answer.status == 0 ? GitObject(answer.text) : nil
    }

    /// The tag object; `nil` when it does not exist.
    func tagObject(_ name: String) async throws -> GitObject? {
        let answer = try await ask("rev-parse", "--quiet", "--verify", "refs/tags/\(name)")
        return answer.status == 0 ? GitObject(answer.text) : nil
    }

    /// The parent of `commit`; `nil` for the first one.
    package func parent(of commit: GitObject) async throws -> GitObject? {
        let answer = try await ask("rev-parse", "--quiet", "--verify", "\(commit)^1")
        return answer.status == 0 ? GitObject(answer.text) : nil
    }

    /// The bytes of a file in a commit or a tree; `nil` when it does not exist.
    package func file(_ path: String, in commit: GitObject, limit: Int = 1 << 24) async throws -> [UInt8]? {
        let listed = try await must("ls-tree", "--full-tree", commit.description, "--", path)
        guard
            let name = listed.text.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst(2).first.map(
                String.init)
        else { return nil }
        return try await must("cat-file", "blob", name, limit: limit).output
    }

    /// Writes the files of a commit or a tree below `directory`, which exists and is empty. The work tree does not
    /// change.
    package func extract(_ tree: GitObject, to directory: FilePath) async throws {
        let index = ["GIT_INDEX_FILE": "\(directory).index"]
        defer { try? Files.removeTree(FilePath("\(directory).index")) }
        try await must("read-tree", tree.description, environment: index)
        try await must("checkout-index", "--all", "--quiet", "--prefix=\(directory)/", environment: index)
    }
}

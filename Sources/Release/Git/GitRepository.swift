// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// A git repository with the parts that a release uses: one branch, its release tags, and an optional remote.
///
/// Objects are created first, without updating any reference; then one call updates branch and tag together. Until that
/// call the repository looks unchanged.
package struct GitRepository: Sendable {
    /// Runs git.
    let program: any GitProgram

    /// The repository of `program`.
    package init(_ program: any GitProgram) { self.program = program }

    /// Runs git, which must succeed.
    ///
    /// - Throws: `ReleaseError.git` with its standard error.
    @discardableResult
    func must(
        _ arguments: String..., input: [UInt8] = [], environment: [String: String] = [:], limit: Int = 1 << 24
    ) async throws -> GitAnswer {
        let answer = try await program.run(
            GitCall(arguments: arguments, input: input, environment: environment, limit: limit))
        guard answer.status == 0 else { throw ReleaseError.git(arguments, complaint: answer.complaint) }
        return answer
    }

    /// Runs git and returns the result, whatever its status.
    func ask(_ arguments: String...) async throws -> GitAnswer {
        try await program.run(GitCall(arguments: arguments))
    }

    /// The object id in git's output.
    func object(_ answer: GitAnswer, _ what: String) throws -> GitObject {
        guard let object = GitObject(answer.text) else { throw ReleaseError.git([what], complaint: answer.text) }
        return object
    }
}

/// The state of a repository before a release.
package struct WorkTree: Hashable, Sendable {
    /// The checked out commit.
    package let head: GitObject
    /// The checked out branch.
    package let branch: String
    /// Paths that differ from the commit, or that are untracked.
    package let changes: [String]
}

extension GitRepository {
    /// The work tree, and git's directory, which all work trees share.
    ///
    /// - Throws: `ReleaseError.noRepository`, `.shallow`.
    package func directories() async throws -> (files: FilePath, own: FilePath) {
        let answer = try await ask(
            "rev-parse", "--show-toplevel", "--path-format=absolute", "--git-common-dir", "--is-shallow-repository")
        guard answer.status == 0, answer.lines.count == 3 else { throw ReleaseError.noRepository }
        guard answer.lines[2] == "false" else { throw ReleaseError.shallow }
        return (FilePath(answer.lines[0]), FilePath(answer.lines[1]))
    }

    /// The checked out branch and changes (git-status(1), "Porcelain Format Version 2").
    ///
    /// - Throws: `ReleaseError.noBranch` on a detached head or before the first commit.
    func workTree() async throws -> WorkTree {
        let answer = try await must("status", "--porcelain=v2", "--branch", "--untracked-files=normal")
        var (head, branch, changes) = (GitObject?.none, String?.none, [String]())
        for line in answer.lines {
            if line.hasPrefix("# branch.oid ") {
                head = GitObject(line.dropFirst("# branch.oid ".count))
            } else if line.hasPrefix("# branch.head ") {
                branch = String(line.dropFirst("# branch.head ".count))
            } else if !line.hasPrefix("#") {
                changes.append(Self.path(ofStatus: line))
            }
        }
        guard let head, let branch, branch != "(detached)" else { throw ReleaseError.noBranch }
        return WorkTree(head: head, branch: branch, changes: changes)
    }

    /// The path in a line of `status`: after 8 fields, or 9 for a rename (followed by a tab and the old path), or 10
    /// for a conflict, or 1 for an untracked file.
    private static func path(ofStatus line: String) -> String {
        let fields: [Character: Int] = ["1": 8, "2": 9, "u": 10, "?": 1]
        let count = line.first.flatMap { fields[$0] } ?? 1
        let rest = line.split(separator: " ", maxSplits: count, omittingEmptySubsequences: false)
        return String(rest.last?.split(separator: "\t").first ?? "")
    }

    /// The user's name and mail address in git's configuration.
    ///
    /// - Throws: `ReleaseError.nobody` when they are not configured.
    package func identity() async throws -> (name: String, mail: String) {
        let (name, mail) = (try await ask("config", "user.name"), try await ask("config", "user.email"))
        guard name.status == 0, mail.status == 0, !name.text.isEmpty, !mail.text.isEmpty else {
            throw ReleaseError.nobody
        }
        return (name.text, mail.text)
    }

    /// The date of a commit, in seconds since 1970.
    package func date(of commit: GitObject) async throws -> Int64 {
        let answer = try await must("show", "--no-patch", "--format=%ct", commit.description)
        guard let date = Int64(answer.text) else { throw ReleaseError.git(["show"], complaint: answer.text) }
        return date
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// A git repository, seen as a release sees it: one branch, its release tags, perhaps a remote.
///
/// Objects are made first and without moving anything; then one call moves branch and tag together. Until that call the
/// repository looks, to everybody, as if nothing had happened.
package struct GitRepository: Sendable {
    /// What calls git.
    let program: any GitProgram

    /// The repository that `program` works on.
    package init(_ program: any GitProgram) { self.program = program }

    /// Calls git, which must succeed.
    ///
    /// - Throws: `ReleaseError.git` with what it complained about.
    @discardableResult
    func must(
        _ arguments: String..., input: [UInt8] = [], environment: [String: String] = [:], limit: Int = 1 << 24
    ) async throws -> GitAnswer {
        let answer = try await program.run(
            GitCall(arguments: arguments, input: input, environment: environment, limit: limit))
        guard answer.status == 0 else { throw ReleaseError.git(arguments, complaint: answer.complaint) }
        return answer
    }

    /// Calls git and gives its answer, whatever it is.
    func ask(_ arguments: String...) async throws -> GitAnswer {
        try await program.run(GitCall(arguments: arguments))
    }

    /// The object that git named.
    func object(_ answer: GitAnswer, _ what: String) throws -> GitObject {
        guard let object = GitObject(answer.text) else { throw ReleaseError.git([what], complaint: answer.text) }
        return object
    }
}

/// What a repository looks like before a release.
package struct WorkTree: Hashable, Sendable {
    /// The checked out commit.
    package let head: GitObject
    /// The checked out branch.
    package let branch: String
    /// Paths that differ from the commit, or that git does not know.
    package let changes: [String]
}

extension GitRepository {
    /// The directory that the repository's files are in, and git's own, which all its work trees share.
    ///
    /// - Throws: `ReleaseError.noRepository`, `.shallow`.
    package func directories() async throws -> (files: FilePath, own: FilePath) {
        let answer = try await ask(
            "rev-parse", "--show-toplevel", "--path-format=absolute", "--git-common-dir", "--is-shallow-repository")
        guard answer.status == 0, answer.lines.count == 3 else { throw ReleaseError.noRepository }
        guard answer.lines[2] == "false" else { throw ReleaseError.shallow }
        return (FilePath(answer.lines[0]), FilePath(answer.lines[1]))
    }

    /// What is checked out (git-status(1), "Porcelain Format Version 2").
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

    /// The path in a line of `status`: behind 8 fields, or 9 of a renamed one (with the old path behind a tab), or 10
    /// of one in conflict, or 1 of an unknown one.
    private static func path(ofStatus line: String) -> String {
        let fields: [Character: Int] = ["1": 8, "2": 9, "u": 10, "?": 1]
        let count = line.first.flatMap { fields[$0] } ?? 1
        let rest = line.split(separator: " ", maxSplits: count, omittingEmptySubsequences: false)
        return String(rest.last?.split(separator: "\t").first ?? "")
    }

    /// Who the user is to git.
    ///
    /// - Throws: `ReleaseError.nobody` when git does not know.
    package func identity() async throws -> (name: String, mail: String) {
        let (name, mail) = (try await ask("config", "user.name"), try await ask("config", "user.email"))
        guard name.status == 0, mail.status == 0, !name.text.isEmpty, !mail.text.isEmpty else {
            throw ReleaseError.nobody
        }
        return (name.text, mail.text)
    }

    /// When a commit was made, in seconds since 1970.
    package func date(of commit: GitObject) async throws -> Int64 {
        let answer = try await must("show", "--no-patch", "--format=%ct", commit.description)
        guard let date = Int64(answer.text) else { throw ReleaseError.git(["show"], complaint: answer.text) }
        return date
    }
}

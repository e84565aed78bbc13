// SPDX-License-Identifier: Apache-2.0

import Core
import OCI
import Registry

/// The base of a release: what is committed here and at the remote.
package struct ReleaseBase: Hashable, Sendable {
    /// The checked out commit, which is released.
    package let head: GitObject
    /// The checked out branch.
    package let branch: String
    /// The branch's commit at the remote, or here without a remote.
    package let tip: GitObject
    /// The releases in its history, the newest first.
    package let releases: [ReleaseTag]
}

/// Checks whether a release may begin, before anything is changed.
package struct Preflight: Sendable {
    let git: GitRepository
    let remote: String?

    /// A check of a repository and its remote, if it has one.
    package init(git: GitRepository, remote: String?) {
        self.git = git
        self.remote = remote
    }

    /// The branch's commit at the remote.
    ///
    /// - Throws: `ReleaseError.unreachable`, `.forbidden`, `.tagsDiffer`, `.noBranch`.
    package func tip() async throws -> GitObject {
        let tree = try await git.workTree()
        guard let remote else { return tree.head }
        return try await git.fetch(tree.branch, from: remote) ?? tree.head
    }

    /// The base of the release.
    ///
    /// - Throws: `ReleaseError.dirty`, `.behind`, `.ahead`.
    package func base(tip: GitObject) async throws -> ReleaseBase {
        let tree = try await git.workTree()
        guard tree.changes.isEmpty else { throw ReleaseError.dirty(tree.changes) }
        if tree.head != tip, let remote {
            let isAhead = try await git.contains(tree.head, tip)
            throw isAhead ? ReleaseError.ahead(tree.branch, remote: remote) : .behind(tree.branch, remote: remote)
        }
        return ReleaseBase(
            head: tree.head, branch: tree.branch, tip: tip, releases: try await git.releases(before: tree.head))
    }

    /// Whether the version is free: neither git nor the registry has a tag of it.
    ///
    /// - Throws: `ReleaseError.tagExists`, `.tagTaken`.
    package func checkIsFree(_ plan: ReleasePlan, in repository: any RepositoryReading) async throws {
        let name = plan.version.gitTag
        if try await git.commit(ofTag: name) != nil { throw ReleaseError.tagExists(name) }
        if let tag = plan.tags.first, let there = try await repository.digest(ofTag: tag) {
            throw ReleaseError.tagTaken(tag, there)
        }
    }

    /// Whether the git remote takes a commit and a tag of this caller.
    ///
    /// - Throws: `ReleaseError.forbidden`, `.overtaken`, `.unreachable`.
    package func checkIsPushable(_ plan: ReleasePlan) async throws {
        guard let remote else { return }
        try await git.checkPush(of: plan.parent, as: plan.version.gitTag, to: plan.branch, of: remote)
    }

    /// Whether the repository is writable.
    ///
    /// - Throws: `ReleaseError.readOnly`.
    package func checkIsWritable(_ repository: any RepositoryWriting) async throws {
        do { try await repository.checkIsWritable() } catch let error as any UserFacingError {
            if error.exitStatus == .tryAgain { throw error }
            throw ReleaseError.readOnly(repository.name, complaint: error.sentence)
        }
    }
}

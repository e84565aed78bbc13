// SPDX-License-Identifier: Apache-2.0

import Core

/// The errors of this module.
package enum ReleaseError: Error, Hashable {
    /// A call of git failed.
    case git([String], complaint: String)
    /// The directory is in no git repository.
    case noRepository
    /// The clone has only part of the history.
    case shallow
    /// No branch is checked out, or there is no commit.
    case noBranch
    /// The user's name or mail address is not configured in git.
    case nobody
    /// A name that a commit cannot contain.
    case author(String)
    /// The remote does not exist; the names of the others.
    case noRemote(String, [String])
    /// The remote does not answer.
    case unreachable(String, complaint: String)
    /// The remote refuses this caller, or does not exist: git's reason, and what the remote itself printed.
    case forbidden(String, reason: String, words: [String])
    /// A release tag differs from the remote's.
    case tagsDiffer(String)
    /// The branch moved during the release, or its tag exists.
    case overtaken(String, String, complaint: String)
    /// Files that are not committed.
    case dirty([String])
    /// The local branch lacks commits of the remote.
    case behind(String, remote: String)
    /// Commits that the remote does not have.
    case ahead(String, remote: String)
    /// The tag of the version exists already.
    case tagExists(String)
    /// Another release is running in this repository.
    case running
    /// A rebuild gave another image.
    case notReproducible(expected: Digest, actual: Digest)
    /// Claims that do not hold.
    case red([String])
    /// The tag of a release has no valid `release.json`.
    case record(String)
    /// The tag of a version names another image in the registry.
    case tagTaken(String, Digest)
    /// An unfinished release with an image of the other kind has to be finished first.
    case otherKind(SemanticVersion, ImageKind)
    /// The source with the program's version has an unexpected form.
    case programVersion(String)
    /// The registry has lost the image of a release.
    case lost(Digest)
    /// A release without a key to sign it.
    case noKey
    /// The trust file does not exist, or names no repository.
    case noTrust(String)
    /// The key is not in the project's trust file.
    case otherKey(String)
    /// The registry cannot be written to, or not with these credentials.
    case readOnly(String, complaint: String)
    /// The lock was made from another definition than the committed one.
    case staleLock
    /// Nothing was released yet.
    case noRelease
    /// The hardening is weaker without acceptance: what became weaker.
    case weaker([String], claims: [String])
    /// A version that the changes do not allow.
    case tooSmall(asked: String, needed: String, because: String)
    /// A major version in an unattended run.
    case majorByNightly(String)
}

extension ReleaseError: UserFacingError {
    package var sentence: String { sentenceOfGit ?? sentenceOfRelease }

    /// Errors of git and the repository.
    private var sentenceOfGit: String? {
        switch self {
        case .git(let arguments, let complaint):
            "`git \(arguments.first ?? "")` failed: \(Self.line(complaint))."
        case .noRepository: "This directory is not in a git repository."
        case .shallow: "This clone is shallow, and releases are found in the whole history."
        case .noBranch: "No branch is checked out, or there is no commit."
        case .nobody: "Git has no user name or mail address for the commit."
        case .author(let text): "'\(text)' is not an author of the form 'Name <mail@example.org>'."
        case .noRemote(let name, let known):
            "There is no git remote '\(name)'; the remotes are \(known.joined(separator: " and "))."
        case .unreachable(let remote, let complaint):
            "The git remote '\(remote)' does not answer: \(Self.line(complaint))."
        case .forbidden(let remote, let reason, _): "The git remote '\(remote)' refuses: \(Self.line(reason))."
        case .tagsDiffer(let remote): "A release tag differs from the one at the git remote '\(remote)'."
        case .overtaken(let remote, let branch, _):
            "The branch '\(branch)' of '\(remote)' moved during this release, or its tag exists already."
        case .dirty(let paths):
            "\(paths.count) file\(paths.count == 1 ? " has" : "s have") uncommitted changes: \(Self.list(paths))."
        case .behind(let branch, let remote): "The branch '\(branch)' is behind the one of the git remote '\(remote)'."
        case .ahead(let branch, let remote):
            "The branch '\(branch)' has commits that the git remote '\(remote)' does not have."
        case .tagExists(let tag): "The git tag '\(tag)' exists already, outside the history of this branch."
        default: nil
        }
    }

    /// Errors of the release itself.
    private var sentenceOfRelease: String {
        switch self {
        case .running: "Another release is running in this repository."
        case .notReproducible(let expected, let actual):
            "The image was \(expected) at the start of this release, and a rebuild gave \(actual)."
        case .red(let claims): "The image violates claims of SECURITY.md: \(Self.list(claims))."
        case .record(let tag): "The git tag '\(tag)' has no valid release.json."
        case .tagTaken(let tag, let digest): "The registry's tag '\(tag)' names another image: \(digest)."
        case .otherKind(let version, let kind):
            "The registry has lost \(version), an image \(kind == .base ? "without" : "with") the agent."
        case .programVersion(let file): "'\(file)' has no single line with the program's version."
        case .lost(let digest): "The registry does not have the image \(digest) any more."
        case .noKey: "There is no key to sign with."
        case .noTrust(let file): "There is no trust file '\(file)' that names a repository."
        case .otherKey(let name): "The key is not one of the trusted keys for '\(name)' in trust.json."
        case .readOnly(let name, let complaint): "Cannot write to '\(name)': \(Self.line(complaint))."
        case .staleLock: "'versions.lock' was not made from the committed 'image/image.yaml'."
        case .noRelease: "This branch has no release yet."
        case .weaker(let what, let claims):
            "The hardening is weaker than that of the last release: \(Self.list(what)); this affects \(Self.list(claims))."
        case .tooSmall(let asked, let needed, let because):
            "The changes need a \(needed) release, not a \(asked) one: \(Self.line(because))."
        case .majorByNightly(let because): "The changes need a major release: \(Self.line(because))."
        case .git, .noRepository, .shallow, .noBranch, .nobody, .author, .noRemote, .unreachable, .forbidden,
            .tagsDiffer, .overtaken, .dirty, .behind, .ahead, .tagExists:
            sentenceOfGit ?? ""
        }
    }

    package var hint: String? {
        switch self {
        case .git, .noBranch, .author, .tagTaken: nil
        case .record(let tag):
            "Update this program; or, if no release made that tag, delete it: `git tag --delete \(tag)`, and at the remote."
        case .noRepository: "Run it in a clone of the project."
        case .shallow: "Run `git fetch --unshallow --tags` (`fetch-depth: 0` in a workflow)."
        case .nobody: "Set user.name and user.email, or give --author."
        case .noRemote: "Name one with --remote."
        case .unreachable, .overtaken: "Run it again: nothing was published under a tag."
        case .forbidden:
            "Permit this login to push the branch and its tags (docs/maintaining.md), and run it again: no work is lost."
        case .tagsDiffer: "Compare with `git fetch --tags`, and keep the published tags."
        case .dirty: "Commit or stash them: a release is made from committed files."
        case .behind: "Run `git pull`."
        case .ahead: "Push them first: a release is based on the remote's branch."
        case .tagExists: "See `git log --all`: it was released from another branch."
        case .running: "Wait for it, or for its process to end."
        case .notReproducible: "Run `opencode-docker reproduce` to see where they differ."
        case .red: "Run `opencode-docker verify`, and release when no claim is red."
        case .noKey: "Name one with --key; `opencode-docker keygen` creates one."
        case .noTrust: "Write one, with the image's name and its public key, and commit it (docs/trust.md)."
        case .otherKind(_, let kind):
            "Run it again \(kind == .base ? "with" : "without") --base, which builds it from its tag."
        case .programVersion: "Restore the file from version control."
        case .lost: "Run it again: the image is built from its tag."
        case .otherKey:
            "Use the key of the last release, or put the new one into trust.json first (docs/maintaining.md)."
        case .readOnly: "Log in as a user with write access, or check whether the registry is read-only."
        case .staleLock: "Run `opencode-docker resolve`, and commit its result."
        case .noRelease: "Make the first one with `opencode-docker release`."
        case .weaker(_, let claims):
            "Undo it, or accept it: \(claims.map { "--accept-weaker \($0)" }.joined(separator: " "))."
        case .tooSmall(_, let needed, _): "Run `release \(needed)`, or `release` without a step."
        case .majorByNightly: "Run `opencode-docker release major`."
        }
    }

    package var excerpt: [String] {
        if case .forbidden(_, _, let words) = self { words } else { [] }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .unreachable, .overtaken, .running: .tryAgain
        case .record, .staleLock, .noRelease, .dirty, .behind, .ahead, .tagExists, .red, .weaker, .tooSmall,
            .majorByNightly,
            .otherKey:
            .no
        case .author, .noRemote, .noKey, .noTrust, .otherKind: .usage
        default: .broken
        }
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }

    /// The first line of another program's output, without its full stop.
    private static func line(_ complaint: String) -> String {
        let lines = complaint.split(separator: "\n").map { $0.trimmingPrefix("fatal: ").trimmingPrefix("error: ") }
        let first = lines.first.map { String($0.prefix(200)) } ?? "no message"
        return first.hasSuffix(".") ? String(first.dropLast()) : first
    }
}

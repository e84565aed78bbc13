// SPDX-License-Identifier: Apache-2.0

import Core

/// Why there is no release.
package enum ReleaseError: Error, Hashable {
    /// A call of git failed.
    case git([String], complaint: String)
    /// The directory is in no git repository.
    case noRepository
    /// The clone has only part of the history.
    case shallow
    /// No branch is checked out, or there is no commit.
    case noBranch
    /// Git does not know who the user is.
    case nobody
    /// A name that a commit cannot hold.
    case author(String)
    /// The repository has other remotes; their names.
    case noRemote(String, [String])
    /// The remote does not answer.
    case unreachable(String, complaint: String)
    /// A release tag names something else here than at the remote.
    case tagsDiffer(String)
    /// The branch went on while a release was made, or its tag was taken.
    case overtaken(String, String, complaint: String)
    /// Files that are not committed.
    case dirty([String])
    /// The branch here has not what the remote has, or has more.
    case behind(String, remote: String)
    /// Commits that the remote does not have.
    case ahead(String, remote: String)
    /// The tag of the version is there already.
    case tagExists(String)
    /// Another release is being made here.
    case running
    /// The image came out differently when it was built again.
    case notReproducible(expected: Digest, actual: Digest)
    /// Claims that do not hold.
    case red([String])
    /// The tag of a release has no `release.json` that can be read.
    case record(String)
    /// The tag of a version names another image in the registry.
    case tagTaken(String, Digest)
    /// A release with an image of the other kind has to be finished first.
    case otherKind(SemanticVersion, ImageKind)
    /// The source with the program's version is not as it was.
    case programVersion(String)
    /// The image of a release is not in the registry any more.
    case lost(Digest)
    /// A release without a key to sign it.
    case noKey
    /// There is no trust file at that path, or it names no repository.
    case noTrust(String)
    /// The key is not the one that is published with the project.
    case otherKey(String)
    /// The registry lets nobody write, or not with these credentials.
    case readOnly(String, complaint: String)
    /// The lock was made from another definition than the committed one.
    case staleLock
    /// There is no release yet.
    case noRelease
    /// The hardening is weaker, and that was not asked for: what became weaker.
    case weaker([String], claims: [String])
    /// A version that the changes do not allow.
    case tooSmall(asked: String, needed: String, because: String)
    /// A major version, by a program that runs on its own.
    case majorByNightly(String)
}

extension ReleaseError: UserFacingError {
    package var sentence: String { sentenceOfGit ?? sentenceOfRelease }

    /// What is wrong with the repository, or git.
    private var sentenceOfGit: String? {
        switch self {
        case .git(let arguments, let complaint):
            "`git \(arguments.first ?? "")` failed: \(Self.line(complaint))."
        case .noRepository: "This directory is in no git repository."
        case .shallow: "This clone has only the last part of the history, and releases are found in it."
        case .noBranch: "No branch is checked out here, or nothing is committed."
        case .nobody: "Git does not know who commits."
        case .author(let text): "'\(text)' is not an author: write it 'Name <mail@example.org>'."
        case .noRemote(let name, let known):
            "There is no git remote '\(name)'; there is \(known.joined(separator: " and "))."
        case .unreachable(let remote, let complaint):
            "The git remote '\(remote)' does not answer: \(Self.line(complaint))."
        case .tagsDiffer(let remote): "A release tag names another commit here than at the git remote '\(remote)'."
        case .overtaken(let remote, let branch, _):
            "The branch '\(branch)' of '\(remote)' went on while this release was made, or its tag was taken."
        case .dirty(let paths):
            "\(paths.count) file\(paths.count == 1 ? " is" : "s are") not as committed: \(Self.list(paths))."
        case .behind(let branch, let remote): "The branch '\(branch)' is behind the one of the git remote '\(remote)'."
        case .ahead(let branch, let remote):
            "The branch '\(branch)' has commits that the git remote '\(remote)' does not have."
        case .tagExists(let tag): "There is a git tag '\(tag)' already, outside the history of this branch."
        default: nil
        }
    }

    /// What is wrong with the release itself.
    private var sentenceOfRelease: String {
        switch self {
        case .running: "Another release is being made in this repository."
        case .notReproducible(let expected, let actual):
            "The image was \(expected) when this release began, and is \(actual) now."
        case .red(let claims): "The image does not keep what SECURITY.md promises: \(Self.list(claims))."
        case .record(let tag): "The git tag '\(tag)' has no release.json that this program can read."
        case .tagTaken(let tag, let digest): "The registry's tag '\(tag)' names another image: \(digest)."
        case .otherKind(let version, let kind):
            "The registry lost \(version), which is an image \(kind == .base ? "without" : "with") the agent."
        case .programVersion(let file): "'\(file)' has no single line with the program's version."
        case .lost(let digest): "The registry does not have the image \(digest) any more."
        case .noKey: "There is no key to sign with."
        case .noTrust(let file): "There is no trust file '\(file)' that names a repository."
        case .otherKey(let name): "The key is not one of those that users are told to believe for '\(name)'."
        case .readOnly(let name, let complaint): "Nothing can be written to '\(name)': \(Self.line(complaint))."
        case .staleLock: "'versions.lock' was not made from the committed 'image/image.yaml'."
        case .noRelease: "Nothing was released from this branch yet."
        case .weaker(let what, let claims):
            "The hardening is weaker than that of the last release: \(Self.list(what)); that touches \(Self.list(claims))."
        case .tooSmall(let asked, let needed, let because):
            "What changed is no \(asked) release but a \(needed) one: \(Self.line(because))."
        case .majorByNightly(let because): "What changed is a major release: \(Self.line(because))."
        case .git, .noRepository, .shallow, .noBranch, .nobody, .author, .noRemote, .unreachable, .tagsDiffer,
            .overtaken, .dirty, .behind, .ahead, .tagExists:
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
        case .unreachable, .overtaken: "Nothing was published under a name; run it again."
        case .tagsDiffer: "Look at `git fetch --tags`, and keep the tags that were published."
        case .dirty: "Commit or stash them: a release is made from what is committed."
        case .behind: "Run `git pull`."
        case .ahead: "Push them first: a release goes on top of what everybody has."
        case .tagExists: "Look at `git log --all`: somebody released it from another branch."
        case .running: "Wait for it, or for its process to end."
        case .notReproducible: "Run `opencode-docker reproduce` to see where they differ."
        case .red: "Run `opencode-docker verify`, and release when it is green."
        case .noKey: "Name one with --key; `opencode-docker keygen` makes one."
        case .noTrust: "Write one, with the image's name and its public key, and commit it (docs/trust.md)."
        case .otherKind(_, let kind):
            "Run it again \(kind == .base ? "with" : "without") --base, which builds it from its tag."
        case .programVersion: "Take the file from version control again."
        case .lost: "Run it again: it is built from its tag."
        case .otherKey:
            "Use the key of the last release, or put the new one into trust.json first (docs/maintaining.md)."
        case .readOnly: "Log in with an account that may write there, or look whether the registry is read-only."
        case .staleLock: "Run `opencode-docker resolve`, and commit what it writes."
        case .noRelease: "Make the first one with `opencode-docker release`."
        case .weaker(_, let claims):
            "Undo it, or say so: \(claims.map { "--accept-weaker \($0)" }.joined(separator: " "))."
        case .tooSmall(_, let needed, _): "Say `release \(needed)`, or nothing."
        case .majorByNightly: "Run `opencode-docker release major`."
        }
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

    /// The first line of what another program said, without its full stop.
    private static func line(_ complaint: String) -> String {
        let lines = complaint.split(separator: "\n").map { $0.trimmingPrefix("fatal: ").trimmingPrefix("error: ") }
        let first = lines.first.map { String($0.prefix(200)) } ?? "it said nothing"
        return first.hasSuffix(".") ? String(first.dropLast()) : first
    }
}

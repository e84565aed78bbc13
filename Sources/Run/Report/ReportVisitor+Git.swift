// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

extension ReportVisitor {
    /// Remembers the names by which git knows a repository.
    func noteGitName(_ name: UnsafeBufferPointer<UInt8>, _ mark: inout ReportMark) {
        switch name.count {
        case 4 where name.elementsEqual("HEAD".utf8): mark.names.insert(.head)
        case 4 where name.elementsEqual("refs".utf8): mark.names.insert(.refs)
        case 7 where name.elementsEqual("objects".utf8): mark.names.insert(.objects)
        case 9 where name.elementsEqual("commondir".utf8): mark.names.insert(.common)
        default: break
        }
    }

    /// Where a directory is for git.
    func place(_ entry: TreeEntry, _ match: HostExecuted.Match, _ above: ReportMark) -> ReportMark.Place {
        if guarded.contains(FileIdentity(entry.status)) { return .guarded }
        switch above.place {
        case .worktree: return match == .repository ? .gitDirectory : .worktree
        case .guarded: return entry.bytes.elementsEqual("worktrees".utf8) ? .worktrees : .gitDirectory
        case .worktrees: return .linked
        case .linked, .gitDirectory: return .gitDirectory
        }
    }

    /// A link or a special file where git has its own: git on the host reads and writes through it.
    mutating func noteOddFile(_ entry: TreeEntry, _ isNew: Bool, _ mark: ReportMark) {
        guard entry.kind != .file else { return }
        guard isNew || mark.inner != .old else {
            if entry.kind == .link { remember(entry) }
            return
        }
        let target = entry.target.map { " to '\(ShownPath.text($0))'" } ?? ""
        let words =
            entry.kind == .link ? "a link\(target), which git follows" : "no file that git makes: git may hang on it"
        executed.add("\(ShownPath.text(entry.path))  (\(words))")
    }

    /// `.git` that is no directory: a file names a repository, and git follows a link.
    mutating func notePointer(_ entry: TreeEntry, _ isNew: Bool, _ mark: ReportMark) {
        let isLink = entry.kind == .link
        let place = Array(entry.path.dropLast(5))
        let isGitlink = gitlinks.contains(place) && !submodules.contains(place)
        guard isNew || isLink || isGitlink || mark.arrival == .moved else {
            if mark.arrival == .unclear { unclear += 1 }
            return
        }
        let words = isLink ? "a link that git follows" : "a file that names a repository for git"
        let target = isLink ? entry.target.map { ": '\(ShownPath.text($0))'" } ?? "" : pointer(entry)
        executed.add("\(ShownPath.text(entry.path))  (\(words)\(target))")
    }

    private func pointer(_ entry: TreeEntry) -> String {
        guard let tree = try? ContainerTree(entry.directory.descriptor, path: ""),
            let bytes = tree.bytes(".git", limit: 1 << 13), bytes.starts(with: "gitdir:".utf8)
        else { return "" }
        let line = bytes.dropFirst(7).prefix { $0 != UInt8(ascii: "\n") }.drop { $0 == UInt8(ascii: " ") }
        return ": '\(ShownPath.text(line))'"
    }

    mutating func listed(_ directory: TreeDirectory, _ mark: ReportMark) {
        guard !mark.isAlias, mark.isDotGit || mark.names.areRepository else { return }
        guard let tree = try? ContainerTree(directory.descriptor, path: "") else {
            return gaps.add(directory.path, .moved)
        }
        let review = GitRepositoryReview(tree)
        switch mark.place {
        case .guarded:
            note(review.changes(since: start, keepsLinks: false), directory)
            let place = Array(directory.path.dropLast(5))
            if mark.isDotGit, !submodules.contains(place) { noteGitlink(review, directory, at: place) }
        // `git worktree add` writes a `commondir` that leads back to the repository; any other one leads elsewhere.
        case .linked where review.leads(to: "../.."):
            note(review.changes(since: start, commonDirectory: "../.."), directory)
        default:
            if mark.isNew || mark.arrival == .moved {
                if !mark.isDotGit { bare += 1 }
                note(
                    [mark.names.areRepository ? review.finding(at: "") : GitFinding("", "a directory for git")],
                    directory)
                // The project's own repository, which `--allow-git-config` leaves unguarded, always changes.
                if directory.path.elementsEqual(".git".utf8) { note(review.changes(since: start), directory) }
            } else {
                noteOld(review, directory, mark)
            }
        }
    }

    /// A repository that nobody guarded and that is in its old place.
    private mutating func noteOld(_ review: GitRepositoryReview, _ directory: TreeDirectory, _ mark: ReportMark) {
        let changes = review.changes(since: start)
        note(changes, directory)
        guard changes.isEmpty else { return }
        let place = Array(directory.path.dropLast(5))
        if mark.isDotGit, gitlinks.contains(place) {
            noteGitlink(review, directory, at: place)
        } else if mark.arrival == .unclear {
            unclear += 1
        }
    }

    /// A repository that executes something, and that git goes into from the work tree around it.
    private mutating func noteGitlink(_ review: GitRepositoryReview, _ directory: TreeDirectory, at place: [UInt8]) {
        let finding = review.finding(at: "")
        guard gitlinks.contains(place), finding.isExecuted else { return }
        let words = "\(finding.words); a gitlink, which git in the project goes into"
        note([GitFinding("", words, isExecuted: true)], directory)
    }

    private mutating func note(_ findings: [GitFinding], _ directory: TreeDirectory) {
        for finding in findings {
            let path = directory.path + (finding.path.isEmpty ? [] : [UInt8(ascii: "/")] + finding.path.bytes)
            let place = finding.path.isEmpty ? path + [UInt8(ascii: "/")] : path
            let line = "\(ShownPath.text(place))  (\(finding.words))"
            if finding.isExecuted { executed.add(line) } else { followed.add(line) }
        }
    }
}

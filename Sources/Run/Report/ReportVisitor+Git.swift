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

    /// The position of a directory from git's point of view.
    func place(_ entry: TreeEntry, _ match: HostExecuted.Match, _ above: ReportMark) -> ReportMark.Place {
        if guarded.contains(FileIdentity(entry.status)) { return .guarded }
        switch above.place {
        case .worktree: return match == .repository ? .gitDirectory : .worktree
        case .guarded: return entry.bytes.elementsEqual("worktrees".utf8) ? .worktrees : .gitDirectory
        case .worktrees: return .linked
        case .linked, .gitDirectory: return .gitDirectory
        }
    }

    /// Adds a link or a special file in the place of git's own files: git on the host reads and writes through it.
    mutating func noteOddFile(_ entry: TreeEntry, _ isNew: Bool, _ mark: ReportMark) {
        guard entry.kind != .file else { return }
        guard isNew || mark.inner != .old else {
            if entry.kind == .link { remember(entry) }
            return
        }
        let target = entry.target.map { " to '\(ShownPath.text($0))'" } ?? ""
        let words =
            entry.kind == .link ? "a link\(target), which git follows" : "no file that git makes: git may hang on it"
        executed.add("\(ShownPath.text(entry.path))  (\(words))", .init(name: "odd file"))
    }

    /// Adds an executable file with a hook's name in a directory of git: git that starts there looks for a relative
    /// `core.hooksPath` from there. The repository's own `hooks` are listed with it.
    mutating func noteHook(_ entry: TreeEntry, _ isNew: Bool, _ mark: ReportMark) {
        guard entry.kind == .file, isNew || mark.inner != .old, !mark.isHooks else { return }
        executed.add("\(ShownPath.text(entry.path))  (a hook for a git that starts above it)", .init(name: "hook"))
    }

    /// Records a changed branch or tag, whose commits may have gitlinks that the index does not have.
    mutating func noteReference(_ entry: TreeEntry) {
        guard !hasNewReferences else { return }
        let directories = entry.directory.path.split(separator: UInt8(ascii: "/"))
        hasNewReferences =
            entry.bytes.elementsEqual("packed-refs".utf8)
            || directories.contains { $0.elementsEqual("refs".utf8) || $0.elementsEqual("reftable".utf8) }
    }

    /// Adds a `.git` that is not a directory: a file names a repository, and git follows a link.
    mutating func notePointer(_ entry: TreeEntry, _ isNew: Bool, _ mark: ReportMark) {
        let isLink = entry.kind == .link
        let place = Array(entry.path.dropLast(5))
        let isGitlink = gitlinks.contains(place) && !submodules.contains(place)
        guard isNew || isGitlink || mark.arrival == .moved || (isLink && mayLeadElsewhere(entry)) else {
            if mark.arrival == .unclear { unclear += 1 }
            return
        }
        let words = isLink ? "a link that git follows" : "a file that names a repository for git"
        let target = isLink ? entry.target.map { ": '\(ShownPath.text($0))'" } ?? "" : pointer(entry)
        executed.add("\(ShownPath.text(entry.path))  (\(words)\(target))", .init(isNear: isGitlink, name: "pointer"))
    }

    /// Whether an older link may have another target than at the start, because a link on its way changed. A repository
    /// created or moved at the target is found there, and a container cannot change anything outside of the tree.
    private func mayLeadElsewhere(_ entry: TreeEntry) -> Bool {
        guard let tree, entry.directory.path.first != UInt8(ascii: "/") else { return true }
        let trail = LinkTrail(FilePath(bytes: entry.path), in: tree)
        if case .refused = trail.ending { return true }
        return trail.steps.contains { FileKind(mode: $0.status.st_mode) == .link && Moment($0.status) >= start }
    }

    /// How the target of an older link may have changed: a link on its way changed, or a directory was moved.
    func arrival(of trail: LinkTrail, from link: FilePath) -> ReportMark.Arrival {
        let changed = trail.steps.dropLast().filter { Moment($0.status) >= start && !link.starts(with: $0.path) }
        return changed.map { step in
            FileKind(mode: step.status.st_mode) == .link ? .moved : arrival(step.path.bytes, step.status, isNew: true)
        }.max() ?? .old
    }

    private func pointer(_ entry: TreeEntry) -> String {
        guard let tree = try? ContainerTree(entry.directory.descriptor, path: ""),
            let bytes = tree.bytes(".git", limit: 1 << 13), bytes.starts(with: "gitdir:".utf8)
        else { return "" }
        let line = bytes.dropFirst(7).prefix { $0 != UInt8(ascii: "\n") }.drop { $0 == UInt8(ascii: " ") }
        return ": '\(ShownPath.text(line))'"
    }

    mutating func listed(_ directory: TreeDirectory, _ mark: ReportMark) {
        if !mark.isAlias { noteDefaultList(directory) }
        guard !mark.isAlias, mark.isDotGit || mark.names.areRepository || mark.place == .guarded else { return }
        let repository: ContainerTree
        do { repository = try ContainerTree(directory.descriptor, path: "") } catch {
            return gaps.add(directory.path, .refused((error as? FileError)?.errno ?? error as? Errno ?? .ioError))
        }
        let common = tree.flatMap { CommonDirectory(of: repository, at: directory.path, in: $0) }
        let review = GitRepositoryReview(repository, common: common)
        switch mark.place {
        case .guarded:
            note(review.changes(since: start, keepsLinks: false), directory, isNear: true)
            guard !noteNewRepository(review, repository.identity, directory, mark), mark.isDotGit else { return }
            let place = Array(directory.path.dropLast(5))
            if !submodules.contains(place) { noteNested(review, directory, at: place) }
        // `git worktree add` writes a `commondir` with this path; any other path leads elsewhere.
        case .linked where review.leads(to: "../.."):
            note(review.changes(since: start, commonDirectory: "../.."), directory, isNear: true)
        default:
            if mark.isNew || mark.arrival == .moved {
                if !mark.isDotGit { bare += 1 }
                let finding = review.finding(at: "")
                note([mark.names.areRepository ? finding : GitFinding("", "a directory for git")], directory)
                // The project's own repository, unguarded with `--allow-git-config`, always changes.
                if directory.path.elementsEqual(".git".utf8) {
                    note(review.changes(since: start), directory, isNear: true)
                }
            } else {
                noteOld(review, directory, mark)
            }
        }
    }

    /// Adds a guarded directory that was not a repository at the start and now executes something: the guard could not
    /// prevent that.
    ///
    /// - Returns: Whether it is such a directory.
    private mutating func noteNewRepository(
        _ review: GitRepositoryReview, _ identity: FileIdentity, _ directory: TreeDirectory, _ mark: ReportMark
    ) -> Bool {
        let wasOne = complete.map { $0.contains(identity) } ?? !review.mayHaveBecomeOne(since: start, isInUse: true)
        guard !wasOne, review.isRepository else { return false }
        let finding = review.finding(at: "")
        guard finding.isExecuted else { return false }
        let words = "\(finding.words); it \(complete == nil ? "may have been" : "was") none at the start"
        note([GitFinding("", words, isExecuted: true)], directory, isNear: true)
        return true
    }

    /// Adds an unguarded repository at its old path.
    private mutating func noteOld(_ review: GitRepositoryReview, _ directory: TreeDirectory, _ mark: ReportMark) {
        var changes = review.changes(since: start) + (review.common?.changes(since: start) ?? [])
        if mark.names.areRepository, review.mayHaveBecomeOne(since: start, isInUse: false) {
            changes += [review.finding(at: "")].filter(\.isExecuted)
        }
        note(changes, directory)
        guard changes.isEmpty else { return }
        let place = Array(directory.path.dropLast(5))
        if mark.arrival == .unclear, !gitlinks.contains(place) {
            let finding = review.finding(at: "")
            guard finding.isExecuted else { return unclear += 1 }
            let words = "\(finding.words); it may have been moved here"
            note([GitFinding("", words, isExecuted: true)], directory)
        } else if mark.isDotGit {
            noteNested(review, directory, at: place)
        }
    }

    /// Adds a repository that executes something and that git enters from the enclosing work tree: the index has a
    /// gitlink there, or a commit of another branch may.
    private mutating func noteNested(_ review: GitRepositoryReview, _ directory: TreeDirectory, at place: [UInt8]) {
        guard !place.isEmpty else { return }
        let finding = review.finding(at: "")
        guard finding.isExecuted else { return }
        guard gitlinks.contains(place) else {
            let words = "\(finding.words); git goes into it where a branch has it as a gitlink"
            return nested.add("\(ShownPath.text(directory.path))/  (\(words))")
        }
        note([finding], directory)
    }

    /// - Parameter isNear: Whether git reaches it without entering another directory: inside a guarded repository, or a
    ///   gitlink.
    private mutating func note(_ findings: [GitFinding], _ directory: TreeDirectory, isNear: Bool = false) {
        let entrance = entrance(to: directory)
        for finding in findings {
            let path = directory.path + (finding.path.isEmpty ? [] : [UInt8(ascii: "/")] + finding.path.bytes)
            let place = finding.path.isEmpty ? path + [UInt8(ascii: "/")] : path
            let words = finding.isExecuted ? entrance?.words ?? "" : ""
            let line = "\(ShownPath.text(place))  (\(finding.words)\(words))"
            let name = finding.path.components.first?.string ?? entrance?.name ?? ""
            let kind = ReportLines.Kind(isNear: isNear || entrance != nil, name: name)
            if finding.isExecuted { executed.add(line, kind) } else { followed.add(line, kind) }
        }
    }

    /// How git enters the `.git` of a work tree within the project: through the index or `.gitmodules`.
    private func entrance(to directory: TreeDirectory) -> (name: String, words: String)? {
        guard directory.path.suffix(5).elementsEqual("/.git".utf8) else { return nil }
        let place = Array(directory.path.dropLast(5))
        if gitlinks.contains(place) { return ("gitlink", "; a gitlink, which git in the project goes into") }
        return modules.contains(place) ? ("module", "; .gitmodules names it") : nil
    }
}

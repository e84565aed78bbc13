// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import Debian
import ImageDefinition
import Lockfile
import SystemPackage

/// Collects evidence about the changes between two locks, from the packages, which it has to download.
package protocol ChangeReporting: Sendable {
    /// The report, for any two locks.
    func report(
        from old: VersionsLock, to new: VersionsLock, progress: @escaping ProgressSink
    ) async throws -> UpdateReport
}

/// Decides a release: the version, the changelog, the files. Nothing is changed.
package struct ReleasePlanner: Sendable {
    let git: GitRepository
    let reporter: any ChangeReporting
    let scratch: FilePath

    /// A planner.
    package init(git: GitRepository, reporter: any ChangeReporting, scratch: FilePath) {
        self.git = git
        self.reporter = reporter
        self.scratch = scratch
    }

    /// The release for `request` and the changes since the last one; `nil` when nothing changed.
    ///
    /// - Throws: `ReleaseError.staleLock`, `.weaker`, `.tooSmall`, `.majorByNightly`, `ChangesError`, and the errors of
    ///   reading the files.
    package func plan(
        _ request: ReleaseRequest, on base: ReleaseBase, progress: @escaping ProgressSink
    ) async throws -> PlannedRelease? {
        let current = try await state(of: base.head)
        let lock = request.lock ?? current.lock
        guard lock.inputs == current.definition.inputsDigest else { throw ReleaseError.staleLock }
        guard let last = base.releases.first else {
            let first = try Successor(
                version: current.version(), previous: nil, lock: lock, notes: ReleaseNotes(entries: [:]),
                takesUnreleased: true)
            return PlannedRelease(
                plan: try await plan(first, request, base, current), decision: nil, report: nil, notes: first.notes)
        }
        let released = try await state(of: last.commit)
        let comparison = try await Comparison(
            old: released, new: current, lock: lock, files: try await changedFiles(since: last.commit, to: base.head),
            kind: try await changedKind(since: last, request),
            report: reporter.report(from: released.lock, to: lock, progress: progress))
        let (decision, takesUnreleased) = try comparison.decide(request)
        guard decision.step != .none else { return nil }
        let step = max(decision.step, request.step ?? .none)
        let next = Successor(
            version: step.next(after: last.version), previous: last.version, lock: lock, notes: comparison.notes,
            takesUnreleased: takesUnreleased)
        return PlannedRelease(
            plan: try await plan(next, request, base, current), decision: decision, report: comparison.report,
            notes: next.notes)
    }

    /// The parsed files of a commit.
    package func state(of commit: GitObject) async throws -> ProjectState {
        let directory = scratch.appending("state-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory)
        defer { try? Files.removeTree(directory) }
        try await git.extract(commit, to: directory)
        return try ProjectState(below: directory)
    }

    /// Files that are copied into the image and differ between two commits.
    private func changedFiles(since old: GitObject, to new: GitObject) async throws -> [String] {
        try await git.must("diff", "--name-only", old.description, new.description, "--", "image/rootfs").lines
    }

    /// An image of another kind has other tags: clients of the last release's tags would never see it.
    private func changedKind(since last: ReleaseTag, _ request: ReleaseRequest) async throws -> DefinitionChange? {
        guard let bytes = try await git.file(ReleaseRecord.path, in: last.commit) else {
            throw ReleaseError.record(last.version.gitTag)
        }
        let record = try ReleaseRecord(parsing: bytes, of: last.version.gitTag)
        guard record.repository == request.repository, record.kind != request.kind else { return nil }
        let text =
            request.kind == .base
            ? "without the agent, under tags with -base" : "with the agent, under tags without -base"
        return DefinitionChange(step: .major, key: "agent", text: "published \(text)")
    }

    private func plan(
        _ next: Successor, _ request: ReleaseRequest, _ base: ReleaseBase, _ current: ProjectState
    ) async throws -> ReleasePlan {
        // Never the current time: the later of the image's date and the parent commit's.
        let date = max(next.lock.epoch, try await git.date(of: base.head))
        let files = try next.files(changing: current, day: String(Timestamp(seconds: date).description.prefix(10)))
        return ReleasePlan(
            version: next.version, previous: next.previous, parent: base.head, branch: base.branch,
            repository: request.repository, kind: request.kind,
            signature: try GitSignature(name: request.author.name, mail: request.author.mail, date: date),
            files: files, message: "Release \(next.version)\n" + (next.notes.isEmpty ? "" : "\n\(next.notes.markdown)"))
    }
}

/// The current state, compared with the last release.
struct Successor {
    let version: SemanticVersion
    let previous: SemanticVersion?
    let lock: VersionsLock
    let notes: ReleaseNotes
    let takesUnreleased: Bool

    /// The changed files, with their whole text.
    func files(changing current: ProjectState, day: String) throws -> [String: String] {
        let changelog = try ChangelogDocument(parsing: current.changelog, file: ProjectState.changelogPath)
            .releasing(
                ChangelogRelease(
                    version: version, date: day, notes: notes, takesUnreleased: takesUnreleased,
                    repository: current.definition.source.isEmpty ? nil : current.definition.source))
        let security = try SupportTable(parsing: current.security, file: ProjectState.securityPath)
        var files = [
            ProjectState.changelogPath: String(decoding: changelog.bytes, as: UTF8.self),
            ProjectState.securityPath: String(decoding: security.supporting(version), as: UTF8.self),
            ProjectState.definitionPath: try ImageDefinition.movingVersion(
                in: current.definitionText, file: ProjectState.definitionPath, to: version),
        ]
        files[ProgramSource.path] = try current.program?.moving(to: version)
        if lock != current.lock {
            files[ProjectState.lockPath] = String(decoding: lock.serialized(), as: UTF8.self)
        }
        return files
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage

extension Preparation {
    /// Returns the changes in a directory that the container could write to.
    ///
    /// - Parameters:
    ///   - isOwn: Whether `start` is that of this run, whose initial state is known.
    ///   - baseline: The state at this run's start.
    func report(
        on directory: FilePath, since start: Moment, isOwn: Bool, baseline: ReportBaseline? = nil
    ) -> ChangeReport {
        let others = written.filter { $0 != directory }
        let own = guarding.repositories.filter { repository in
            repository.starts(with: directory)
                || (directory == project.directory.path && !others.contains { repository.starts(with: $0) })
        }
        let number = guarding.trees.firstIndex { $0.tree.path == directory }
        return ChangeReport(
            directory, since: start, repositories: own, workTrees: guarding.workTrees, rules: guarding.rules,
            directories: isOwn ? number.flatMap { guarding.directories[$0] } ?? [:] : [:],
            defaultLists: isOwn ? number.flatMap { guarding.defaultLists[$0] } ?? [:] : [:],
            complete: isOwn ? guarding.complete : nil, baseline: baseline,
            seenAs: FilePath(workspace.directories.mounts.first { $0.source == directory }?.target ?? directory.string))
    }

    /// The current state of the container's writable directories, for the final report.
    var baselines: [FilePath: ReportBaseline] {
        let all = written.map { directory in
            (
                directory,
                ReportBaseline(
                    directory, workTrees: guarding.workTrees, rules: guarding.rules,
                    placeholders: guarding.placeholders)
            )
        }
        return Dictionary(all) { $1 }
    }

    /// The directories that the container could write to, the project first.
    var written: [FilePath] { workspace.directories.mounts.filter { !$0.readOnly }.map(\.source) }
}

/// Tells the caller about the files that a container changed and that the host executes.
struct ChangedFiles {
    fileprivate static let shown = 20
    fileprivate static let fewest = 3

    private let preparation: Preparation
    private let console: LaunchConsole

    init(_ preparation: Preparation, _ console: LaunchConsole) {
        (self.preparation, self.console) = (preparation, console)
    }

    /// Reports changes of files that the host executes, those that git executes first, and always the places that were
    /// not checked or not guarded.
    ///
    /// - Parameters:
    ///   - isOwn: Whether `start` is that of this run.
    ///   - baselines: The states of the directories at this run's start.
    /// - Returns: Whether there was anything to report.
    @discardableResult
    func report(since start: Moment, isOwn: Bool = true, baselines: [FilePath: ReportBaseline] = [:]) -> Bool {
        let project = preparation.project.directory.path
        let reports = preparation.written.map { directory in
            (
                directory == project ? "" : directory.string.sanitized,
                preparation.report(on: directory, since: start, isOwn: isOwn, baseline: baselines[directory])
            )
        }
        let whole = Self.write(reports, to: preparation.state.report)
        var hasSaid = false
        for (directory, (place, report)) in zip(preparation.written, reports) {
            hasSaid = end(report, in: place, whole: whole) || hasSaid
            endOwner(report, directory)
            endGaps(report, in: directory, since: start, whole)
        }
        endGuard(preparation.guarding.unguarded)
        let unclear = reports.reduce(0) { $0 + $1.1.unclear }
        if unclear > 0 {
            console.say(
                "\(unclear) files that programs on this machine execute did not change, but may have been moved to where they are "
                    + "with their directories.")
        }
        if reports.contains(where: { $0.1.bare > 0 }), preparation.caller.gitTrustsBareRepositories {
            console.say(
                "git treats directories that look like bare repositories as such. `git config --global safe.bareRepository "
                    + "explicit` prevents that; bare repositories then need `--git-dir`.")
        }
        return hasSaid || unclear > 0
    }

    private func endGuard(_ unguarded: [String]) {
        for sentence in unguarded.prefix(Self.fewest) { console.warn("\(sentence); check it before you use git there") }
        if unguarded.count > Self.fewest {
            console.warn("and \(unguarded.count - Self.fewest) more repositories were not guarded")
        }
    }

    /// Writes all lines of all directories to `file` if one has more than are shown; returns `nil` otherwise, or when
    /// that fails.
    private static func write(_ reports: [(place: String, report: ChangeReport)], to file: FilePath) -> FilePath? {
        guard reports.contains(where: { $0.report.hasMore }) else { return nil }
        var lines = reports.flatMap { place, report in report.all.map { line($0, in: place) } }
        let left = reports.reduce(0) { $0 + $1.report.left }
        if left > 0 { lines.append("and \(left) more, which are not listed: check the kinds above with many lines\n") }
        return (try? Files.write(Array(lines.joined().utf8), to: file)).map { file }
    }

    private static func line(_ path: String, in place: String) -> String {
        "  \(self.path(path.sanitized, in: place))\n"
    }

    private static func path(_ path: String, in place: String) -> String {
        place.isEmpty ? path : "\(place)/\(path)"
    }

    /// - Parameters:
    ///   - place: The directory, unless it is the project.
    ///   - whole: A file with all lines.
    private func end(_ report: ChangeReport, in place: String, whole: FilePath?) -> Bool {
        let within = place.isEmpty ? "" : "In '\(place)': "
        let see = whole.map { ": see \($0)" } ?? ""
        for lines in [report.setID, report.defaultLists] {
            for line in lines.first.prefix(Self.shown) { console.warn(within + line) }
            if lines.count > Self.shown { console.warn("and \(lines.count - Self.shown) more of these\(see)") }
        }
        endFiles(report, in: place, whole)
        if !report.outward.isEmpty {
            let first = report.outward.first.prefix(Self.fewest).joined(separator: ", ")
            let more = report.outward.count > Self.fewest ? " and \(report.outward.count - Self.fewest) more\(see)" : ""
            console.warn(
                "\(within)new links lead out of the \(place.isEmpty ? "project" : "directory"), and writing to them writes there: \(first)\(more)"
            )
        }
        return !report.isEmpty
    }

    private func endOwner(_ report: ChangeReport, _ directory: FilePath) {
        if let owner = report.owner { console.warn(owner.sentence(on: directory)) }
    }

    /// Reports the places that were not checked, and a command that finds their changes.
    private func endGaps(_ report: ChangeReport, in directory: FilePath, since start: Moment, _ whole: FilePath?) {
        guard !report.gaps.isEmpty else { return }
        for sentence in report.gaps.sentences { console.warn("In '\(directory)': \(sentence)") }
        let see = report.gaps.count > Self.fewest ? whole.map { " All places are in \($0)." } ?? "" : ""
        console.warn(
            "Before you use git or build there, list all changes: `find \(directory.shellWord) -newerct \(start.sinceEpoch)`"
                + ".\(see)")
    }

    private func endFiles(_ report: ChangeReport, in place: String, _ whole: FilePath?) {
        let (count, shown) = (report.count, Self.shown)
        guard count > 0 else { return }
        let kept = report.keptCount
        let rest = whole.map { kept == count ? ": see \($0)" : ": the first \(kept) of all \(count) are in \($0)" }
        let more = count > shown ? ["and \(count - shown) more\(rest ?? "")"] : []
        console.list(
            "programs on this machine execute these changed files; check them first:",
            ReportLines.shown(report.lists, most: shown).map { Self.path($0, in: place) } + more)
    }
}

extension ChangeReport {
    /// The files that programs of the host execute, those that git executes first.
    fileprivate var lists: [ReportLines] { [executed, followed, files] }

    fileprivate var count: Int { lists.reduce(0) { $0 + $1.count } }

    /// The number of kept lines.
    fileprivate var keptCount: Int { lists.reduce(0) { $0 + $1.keptCount } }

    /// Whether there are more lines of a kind than are shown.
    fileprivate var hasMore: Bool {
        [count, setID.count, defaultLists.count].contains { $0 > ChangedFiles.shown }
            || outward.count > ChangedFiles.fewest
            || gaps.count > ChangedFiles.fewest
    }

    /// All kept lines, those of the files first.
    fileprivate var all: [String] {
        (lists + [setID, defaultLists]).flatMap(\.first) + outward.first.map { "\($0)  (a link that leads out)" }
            + gaps.lines
    }

    /// The number of lines that were not kept.
    fileprivate var left: Int {
        (lists + [setID, defaultLists, outward]).reduce(gaps.count - gaps.lines.count) { $0 + $1.count - $1.keptCount }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage

extension Preparation {
    /// What changed in a directory that the container could write.
    ///
    /// - Parameters:
    ///   - isOwn: Whether `start` is this run's, of which it is known what was where.
    ///   - baseline: What was there at this run's start.
    func report(
        on directory: FilePath, since start: Moment, isOwn: Bool, baseline: ReportBaseline? = nil
    ) -> ChangeReport {
        let others = written.filter { $0 != directory }
        let own = guarding.repositories.filter { repository in
            repository.starts(with: directory)
                || (directory == directories.project.directory.path && !others.contains { repository.starts(with: $0) })
        }
        let number = guarding.trees.firstIndex { $0.tree.path == directory }
        return ChangeReport(
            directory, since: start, repositories: own, workTrees: guarding.workTrees, rules: guarding.rules,
            directories: isOwn ? number.flatMap { guarding.directories[$0] } ?? [:] : [:],
            complete: isOwn ? guarding.complete : nil, baseline: baseline,
            seenAs: FilePath(directories.mounts.first { $0.source == directory }?.target ?? directory.string))
    }

    /// What the directories that the container can write hold now, for the report at the end.
    var baselines: [FilePath: ReportBaseline] {
        let all = written.map { directory in
            (directory, ReportBaseline(directory, workTrees: guarding.workTrees, rules: guarding.rules))
        }
        return Dictionary(all) { $1 }
    }

    /// The directories that the container could write: the project first.
    var written: [FilePath] { directories.mounts.filter { !$0.readOnly }.map(\.source) }
}

extension LaunchConsole {
    fileprivate static let shown = 20
    fileprivate static let fewest = 3

    /// What changed among the files that the host executes: what git executes first, and always what was not looked at
    /// and what was not guarded.
    ///
    /// - Parameters:
    ///   - isOwn: Whether `start` is this run's.
    ///   - baselines: What the directories held at this run's start.
    /// - Returns: Whether there was anything to say.
    @discardableResult
    func end(
        _ preparation: Preparation, since start: Moment, isOwn: Bool = true,
        baselines: [FilePath: ReportBaseline] = [:]
    ) -> Bool {
        let project = preparation.directories.project.directory.path
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
            say(
                "\(unclear) files that programs on this machine execute did not change, but may have been moved to where they are "
                    + "with their directories.")
        }
        if reports.contains(where: { $0.1.bare > 0 }), preparation.environment.gitTrustsBareRepositories {
            say(
                "git takes a directory for a repository that only looks like one. `git config --global safe.bareRepository "
                    + "explicit` ends that; bare repositories then need `--git-dir`.")
        }
        return hasSaid || unclear > 0
    }

    private func endGuard(_ unguarded: [String]) {
        for sentence in unguarded.prefix(Self.fewest) { warn("\(sentence); look at it before you use git there") }
        if unguarded.count > Self.fewest {
            warn("and \(unguarded.count - Self.fewest) more repositories were not guarded")
        }
    }

    /// Writes all lines of all directories into `file` where one has more than are shown; `nil` otherwise, or where
    /// that fails.
    private static func write(_ reports: [(place: String, report: ChangeReport)], to file: FilePath) -> FilePath? {
        guard reports.contains(where: { $0.report.hasMore }) else { return nil }
        var lines = reports.flatMap { place, report in report.all.map { line($0, in: place) } }
        let left = reports.reduce(0) { $0 + $1.report.left }
        if left > 0 { lines.append("and \(left) more, which are not kept: look at the kinds above with many lines\n") }
        return (try? Files.write(Array(lines.joined().utf8), to: file)).map { file }
    }

    private static func line(_ path: String, in place: String) -> String {
        "  \(place.isEmpty ? "" : "\(place)/")\(path.sanitized)\n"
    }

    /// - Parameters:
    ///   - place: The directory, for one that is not the project.
    ///   - whole: A file with all lines.
    private func end(_ report: ChangeReport, in place: String, whole: FilePath?) -> Bool {
        let within = place.isEmpty ? "" : "In '\(place)': "
        for line in report.setID.first.prefix(Self.shown) { warn(within + line) }
        let see = whole.map { ": see \($0)" } ?? ""
        if report.setID.count > Self.shown { warn("and \(report.setID.count - Self.shown) more of these\(see)") }
        endFiles(report, in: place, whole)
        if !report.outward.isEmpty {
            let first = report.outward.first.prefix(Self.fewest).joined(separator: ", ")
            let more = report.outward.count > Self.fewest ? " and \(report.outward.count - Self.fewest) more\(see)" : ""
            warn(
                "\(within)new links lead out of the \(place.isEmpty ? "project" : "directory"), and what writes to them writes there: \(first)\(more)"
            )
        }
        return !report.isEmpty
    }

    private func endOwner(_ report: ChangeReport, _ directory: FilePath) {
        if let owner = report.owner { warn(owner.sentence(on: directory)) }
    }

    /// What was not looked at, and how to look.
    private func endGaps(_ report: ChangeReport, in directory: FilePath, since start: Moment, _ whole: FilePath?) {
        guard !report.gaps.isEmpty else { return }
        for sentence in report.gaps.sentences { warn("In '\(directory)': \(sentence)") }
        let see = report.gaps.count > Self.fewest ? whole.map { " All places are in \($0)." } ?? "" : ""
        warn(
            "Before you use git, or build, where it was not looked: `find '\(directory)' -newerct \(start.sinceEpoch)` lists all "
                + "that changed.\(see)")
    }

    private func endFiles(_ report: ChangeReport, in place: String, _ whole: FilePath?) {
        let (count, shown) = (report.count, Self.shown)
        guard count > 0 else { return }
        let lines = ReportLines.shown(report.lists, most: shown).map { Self.line($0, in: place) }.joined()
        let kept = report.keptCount
        let rest = whole.map { kept == count ? ": see \($0)" : ": the first \(kept) of all \(count) are in \($0)" }
        let more = count > shown ? "  and \(count - shown) more\(rest ?? "")\n" : ""
        StandardError.write(
            "opencode-docker: programs on this machine execute these files, and they changed; look before you use them:\n"
                + lines + more)
    }
}

extension ChangeReport {
    /// The files that programs of the host execute, those that git executes first.
    fileprivate var lists: [ReportLines] { [executed, followed, files] }

    fileprivate var count: Int { lists.reduce(0) { $0 + $1.count } }

    /// How many of them are kept.
    fileprivate var keptCount: Int { lists.reduce(0) { $0 + $1.keptCount } }

    /// Whether there are more lines of a kind than are shown.
    fileprivate var hasMore: Bool {
        count > LaunchConsole.shown || setID.count > LaunchConsole.shown || outward.count > LaunchConsole.fewest
            || gaps.count > LaunchConsole.fewest
    }

    /// All lines that are kept, those of the files first.
    fileprivate var all: [String] {
        lists.flatMap(\.first) + setID.first + outward.first.map { "\($0)  (a link that leads out)" } + gaps.lines
    }

    /// How many lines are not kept.
    fileprivate var left: Int {
        (lists + [setID, outward]).reduce(gaps.count - gaps.lines.count) { $0 + $1.count - $1.keptCount }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage

extension Preparation {
    /// What changed in a directory that the container could write.
    ///
    /// - Parameter isOwn: Whether `start` is this run's, of which it is known what was where.
    func report(on folder: FilePath, since start: Moment, isOwn: Bool) -> ChangeReport {
        let others = written.filter { $0 != folder }
        let own = guarding.repositories.filter { repository in
            repository.starts(with: folder)
                || (folder == folders.project.folder.path && !others.contains { repository.starts(with: $0) })
        }
        let number = guarding.trees.firstIndex { $0.tree.path == folder }
        return ChangeReport(
            folder, since: start, repositories: own, workTrees: guarding.workTrees, rules: guarding.rules,
            directories: isOwn ? number.flatMap { guarding.directories[$0] } ?? [:] : [:],
            complete: isOwn ? guarding.complete : nil,
            seenAs: FilePath(folders.mounts.first { $0.source == folder }?.target ?? folder.string))
    }

    /// The directories that the container could write: the project first.
    var written: [FilePath] { folders.mounts.filter { !$0.readOnly }.map(\.source) }
}

extension Talk {
    private static let shown = 20
    private static let fewest = 3

    /// What changed among the files that the host executes: what git executes first, and always what was not looked at and what
    /// was not guarded.
    ///
    /// - Parameter isOwn: Whether `start` is this run's.
    /// - Returns: Whether there was anything to say.
    @discardableResult
    func end(_ preparation: Preparation, since start: Moment, isOwn: Bool = true) -> Bool {
        let project = preparation.folders.project.folder.path
        let reports = preparation.written.map { folder in
            (
                folder == project ? "" : folder.string.harmless,
                preparation.report(on: folder, since: start, isOwn: isOwn)
            )
        }
        let whole = Self.write(reports, to: preparation.state.report)
        var hasSaid = false
        for (place, report) in reports { hasSaid = end(report, in: place, whole: whole) || hasSaid }
        endGuard(preparation.guarding.unguarded)
        let unclear = reports.reduce(0) { $0 + $1.1.unclear }
        if unclear > 0 {
            say(
                "\(unclear) files that programs on this machine execute did not change, but may have been moved to where they are "
                    + "with their directories.")
        }
        if reports.contains(where: { $0.1.bare > 0 }), preparation.surroundings.gitTrustsBareRepositories {
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

    /// Writes all lines of all directories into `file` where one has more than are shown; `nil` otherwise, or where that fails.
    private static func write(_ reports: [(place: String, report: ChangeReport)], to file: FilePath) -> FilePath? {
        guard reports.contains(where: { $0.report.count > shown }) else { return nil }
        var lines = reports.flatMap { place, report in report.lists.flatMap(\.first).map { line($0, in: place) } }
        let left = reports.reduce(0) { $0 + $1.report.count - $1.report.keptCount }
        if left > 0 { lines.append("and \(left) more, which are not kept: look at the kinds above with many lines\n") }
        return (try? Files.write(Array(lines.joined().utf8), to: file)).map { file }
    }

    private static func line(_ path: String, in place: String) -> String {
        "  \(place.isEmpty ? "" : "\(place)/")\(path.harmless)\n"
    }

    /// - Parameters:
    ///   - place: The directory, for one that is not the project.
    ///   - whole: A file with all lines.
    private func end(_ report: ChangeReport, in place: String, whole: FilePath?) -> Bool {
        let within = place.isEmpty ? "" : "In '\(place)': "
        for line in report.setID.first.prefix(Self.shown) { warn(within + line) }
        if report.setID.count > Self.shown { warn("and \(report.setID.count - Self.shown) more of these") }
        endFiles(report, in: place, whole)
        if !report.outward.isEmpty {
            let first = report.outward.first.prefix(Self.fewest).joined(separator: ", ")
            let more = report.outward.count > Self.fewest ? " and \(report.outward.count - Self.fewest) more" : ""
            warn(
                "\(within)new links lead out of the \(place.isEmpty ? "project" : "directory"), and what writes to them writes there: \(first)\(more)"
            )
        }
        let gaps = report.gaps.sentences
        for sentence in gaps { warn(within + sentence) }
        return !report.isEmpty
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
}

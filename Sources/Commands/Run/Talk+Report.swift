// SPDX-License-Identifier: Apache-2.0

import Core
import Run
import SystemPackage

extension Preparation {
    /// What changed in a directory that the container could write.
    func report(on folder: FilePath, since start: Moment) -> ChangeReport {
        let others = written.filter { $0 != folder }
        let own = guarding.repositories.filter { repository in
            repository.starts(with: folder)
                || (folder == folders.project.folder.path && !others.contains { repository.starts(with: $0) })
        }
        let number = guarding.trees.firstIndex { $0.tree.path == folder }
        return ChangeReport(
            folder, since: start, repositories: own, workTrees: guarding.workTrees, rules: guarding.rules,
            directories: number.flatMap { guarding.directories[$0] } ?? [:],
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
    /// - Returns: Whether there was anything to say.
    @discardableResult
    func end(_ preparation: Preparation, since start: Moment) -> Bool {
        let project = preparation.folders.project.folder.path
        let reports = preparation.written.map { ($0, preparation.report(on: $0, since: start)) }
        var hasSaid = false
        for (folder, report) in reports {
            let place = folder == project ? "" : folder.string.harmless
            hasSaid = end(report, in: place, whole: preparation.state.report) || hasSaid
        }
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

    /// - Parameters:
    ///   - place: The directory, for one that is not the project.
    ///   - whole: A file that gets all lines where not all are shown.
    private func end(_ report: ChangeReport, in place: String, whole: FilePath) -> Bool {
        let (within, below) = place.isEmpty ? ("", "") : ("In '\(place)': ", "\(place)/")
        for line in report.setID.first.prefix(Self.shown) { warn(within + line) }
        if report.setID.count > Self.shown { warn("and \(report.setID.count - Self.shown) more of these") }
        endFiles([report.executed, report.followed, report.files], below, whole)
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

    private func endFiles(_ lists: [ReportLines], _ below: String, _ whole: FilePath) {
        let count = lists.reduce(0) { $0 + $1.count }
        guard count > 0 else { return }
        let text: (String) -> String = { "  \(below)\($0.harmless)\n" }
        let shown = ReportLines.shown(lists, most: Self.shown).map(text).joined()
        let all = Array(lists.flatMap(\.first).map(text).joined().utf8)
        let isWhole = count > Self.shown && (try? Files.write(all, to: whole)) != nil
        let more = count > Self.shown ? "  and \(count - Self.shown) more\(isWhole ? ": see \(whole)" : "")\n" : ""
        StandardError.write(
            "opencode-docker: programs on this machine execute these files, and they changed; look before you use them:\n"
                + shown + more)
    }
}

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
        return ChangeReport(
            folder, since: start, repositories: own, workTrees: guarding.workTrees, rules: guarding.rules,
            seenAs: FilePath(folders.mounts.first { $0.source == folder }?.target ?? folder.string))
    }

    /// The directories that the container could write: the project first.
    var written: [FilePath] { folders.mounts.filter { !$0.readOnly }.map(\.source) }
}

extension Talk {
    private static let shown = 20

    /// What changed among the files that the host executes: what git executes first, and always what was not looked at.
    ///
    /// - Returns: Whether there was anything to say.
    @discardableResult
    func end(_ preparation: Preparation, since start: Moment) -> Bool {
        let project = preparation.folders.project.folder.path
        var (hasBare, hasSaid) = (false, false)
        for folder in preparation.written {
            let report = preparation.report(on: folder, since: start)
            let place = folder == project ? "" : folder.string.harmless
            hasSaid = end(report, in: place, whole: preparation.state.report) || hasSaid
            hasBare = hasBare || report.bare > 0
        }
        guard hasBare, preparation.surroundings.gitTrustsBareRepositories else { return hasSaid }
        say(
            "git takes a directory for a repository that only looks like one. `git config --global safe.bareRepository "
                + "explicit` ends that; bare repositories then need `--git-dir`.")
        return true
    }

    /// - Parameters:
    ///   - place: The directory, for one that is not the project.
    ///   - whole: A file that gets all lines where not all are shown.
    private func end(_ report: ChangeReport, in place: String, whole: FilePath) -> Bool {
        let (within, below) = place.isEmpty ? ("", "") : ("In '\(place)': ", "\(place)/")
        for line in report.setID.first.prefix(Self.shown) { warn(within + line) }
        if report.setID.count > Self.shown { warn("and \(report.setID.count - Self.shown) more of these") }
        let lists = [report.executed, report.followed, report.files]
        let count = lists.reduce(0) { $0 + $1.count }
        if count > 0 {
            let lines = lists.flatMap(\.first).map { "  \(below)\($0.harmless)\n" }
            let shown = lines.prefix(Self.shown).joined()
            let isWhole = count > Self.shown && (try? Files.write(Array(lines.joined().utf8), to: whole)) != nil
            let more = count > Self.shown ? "  and \(count - Self.shown) more\(isWhole ? ": see \(whole)" : "")\n" : ""
            StandardError.write(
                "opencode-docker: programs on this machine execute these files, and they changed; look before you use them:\n"
                    + shown + more)
        }
        if report.unclear > 0 {
            say(
                "\(within)\(report.unclear) such files did not change, but a directory that they are in did: they may have been "
                    + "moved there."
            )
        }
        if !report.outward.isEmpty {
            let first = report.outward.first.prefix(3).joined(separator: ", ")
            let more = report.outward.count > 3 ? " and \(report.outward.count - 3) more" : ""
            warn(
                "\(within)new links lead out of the \(place.isEmpty ? "project" : "directory"), and what writes to them writes there: \(first)\(more)"
            )
        }
        let gaps = report.gaps.sentences
        for sentence in gaps { warn(within + sentence) }
        return count + report.setID.count + report.outward.count + gaps.count > 0 || report.unclear > 0
    }
}

// SPDX-License-Identifier: Apache-2.0

import Debian
import Engine
import ImageDefinition

extension ReleaseNotes {
    /// Creates the notes from a report, the hardening and the image definition.
    ///
    /// Lines under Security are sorted by advisory, then by source; the others are in the report's order.
    package init(
        of report: UpdateReport, hardening: HardeningDifference? = nil, definition: [DefinitionChange] = []
    ) {
        let changes = report.changes
        let ordered = report.findings.enumerated().sorted { left, right in
            (left.element.advisoryRank, left.offset) < (right.element.advisoryRank, right.offset)
        }.map(\.element)
        let harder = hardening?.changes ?? []
        var changed = definition.filter { !Self.saidByLocks.contains($0.key) }.map {
            "Image: \($0.text)."
        }
        if changes.oldCodename != changes.newCodename {
            changed.append("Debian \(changes.oldCodename) -> \(changes.newCodename)")
        }
        changed += changes.architectureSentences.map { "Image: \($0)." }
        changed += changes.choices.map { "Packages: \($0)" }
        changed +=
            report.findings.compactMap(\.maintenanceNote)
            + Self.distinct(changes.artifacts.map(\.sentence))
        changed += harder.filter { $0.direction == .changed }.map { "Hardening \($0.sentence)" }
        self.init(entries: [
            .security: harder.filter { $0.direction != .changed }.map { "Hardening \($0.sentence)" }
                + changes.warnings.map { "Not taken: \($0)" } + ordered.flatMap(\.securityNotes),
            .added: Self.distinct(changes.added.map { "Package \($0.package.name) \($0.package.version)" }),
            .removed: Self.distinct(changes.removed.map { "Package \($0.package.name) \($0.package.version)" }),
            .changed: changed,
        ])
    }

    /// Keys of the definition whose changes are visible in the locks.
    private static let saidByLocks = ["packages", "release.codename", "release.architectures"]

    private static func distinct(_ lines: [String]) -> [String] {
        lines.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

extension SourceFinding {
    /// Findings with an advisory come first, sorted by its name.
    fileprivate var advisoryRank: String { advisories.first.map { "0\($0.id)" } ?? "1" }

    /// The lines under Security; empty for an update without security fixes.
    fileprivate var securityNotes: [String] {
        guard isSecurity else { return [] }
        if update.isRebuild { return [rebuildNote] }
        let sure = cves.filter { $0.confidence > .low }.map(\.id.description)
        let unsure = cves.filter { $0.confidence == .low }.map(\.id.description)
        let list = advisories.map { $0.isRegression ? "\($0.id), a correction" : $0.id.description }
        let tail = update.note(besides: list)
        var notes: [String] = []
        if !sure.isEmpty { notes.append("\(sure.joined(separator: ", ")): \(tail)") }
        if !unsure.isEmpty { notes.append("Possibly \(unsure.joined(separator: ", ")): \(tail)") }
        return notes.isEmpty ? ["Without a CVE so far: \(tail)"] : notes
    }

    /// The line under Changed: the whole update when it has no security fixes, or the rest of a rebuild that has some.
    fileprivate var maintenanceNote: String? {
        guard update.isRebuild else { return isSecurity ? nil : update.note(besides: []) }
        let rest = update.names.filter { !isSecurity || !packagesWithParts.contains($0) }
        return rest.isEmpty ? nil : "Rebuilt: \(update.versions(of: rest))"
    }

    private var packagesWithParts: [PackageName] { Set(rebuiltParts.map(\.package)).sorted() }

    private var rebuildNote: String {
        let parts = rebuiltParts.map { "\($0.source) \($0.new)" }.reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let list = cves.map(\.id.description).joined(separator: ", ")
        return "Rebuilt against \(parts.joined(separator: ", ")) (\(list)): \(update.versions(of: packagesWithParts))"
    }
}

extension SourceUpdate {
    /// The maximum number of names in a line.
    private static let namesTold = 8

    /// "openssl 3.0.19-1 -> 3.0.19-2 (libssl3, openssl; DLA-1234-1)"
    fileprivate func note(besides advisories: [String]) -> String {
        let all = names.map(\.text)
        var told = all.count > Self.namesTold ? Array(all.prefix(Self.namesTold - 2)) : all
        if told.count < all.count { told.append("and \(all.count - told.count) more") }
        // A package with the name of its source is not listed.
        let list = all == [source.text] ? [] : [told.joined(separator: ", ")]
        let brackets = (list + advisories).joined(separator: "; ")
        return sentence + (brackets.isEmpty ? "" : " (\(brackets))")
    }
}

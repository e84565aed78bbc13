// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import OCI
import Release

/// The result of `nightly`.
struct NightlyReport {
    private let outcome: NightlyOutcome
    private let isRehearsal: Bool

    init(_ outcome: NightlyOutcome, isRehearsal: Bool) {
        self.outcome = outcome
        self.isRehearsal = isRehearsal
    }

    func text(_ format: OutputFormat, explain: Bool) -> String {
        if format == .json { return String(decoding: json.canonical(), as: UTF8.self) + "\n" }
        let newest = outcome.newest.name
        var text = outcome.finished.map { "\($0.version) was incomplete, and is finished now.\n" } ?? ""
        switch outcome.answer {
        case .unchanged(let evidence, _): text += "Nothing changed (\(evidence.rawValue)); \(newest) is up to date.\n"
        case .changed:
            text += outcome.planned.map { PlannedText(planned: $0).text(explain: explain, isPlan: isRehearsal) } ?? ""
        }
        if isRehearsal { return text }
        return text + "\(newest)\n\(outcome.newest.image)\n"
    }

    private var json: JSONValue {
        var members: [String: JSONValue] = [
            "schema": .string("opencode-docker.nightly/1"), "changed": .bool(outcome.planned != nil),
            "released": .bool(outcome.planned != nil && !isRehearsal),
            "version": .string(outcome.newest.version.description),
            "image": .string(outcome.newest.image.description), "name": .string(outcome.newest.name),
            "archives": .object(
                Dictionary(
                    outcome.answer.look.archives.map { archive in
                        let facts = ["date": archive.date, "inRelease": archive.inRelease.description]
                        return (archive.id, .object(facts.mapValues(JSONValue.string)))
                    }
                ) { $1 }),
        ]
        if case .unchanged(let evidence, _) = outcome.answer { members["evidence"] = .string(evidence.rawValue) }
        if let heartbeat = outcome.heartbeat { members["heartbeat"] = .string(heartbeat.description) }
        if let finished = outcome.finished { members["finished"] = .string(finished.version.description) }
        if let planned = outcome.planned { members.merge(PlannedText(planned: planned).members) { $1 } }
        return .object(members)
    }
}

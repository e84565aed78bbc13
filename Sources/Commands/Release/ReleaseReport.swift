// SPDX-License-Identifier: Apache-2.0

import Changes
import Core
import OCI
import Release

/// The result of `release`.
struct ReleaseReport {
    private let planned: PlannedRelease?
    private let record: ReleaseRecord?

    init(_ planned: PlannedRelease?) { (self.planned, record) = (planned, nil) }

    init(_ outcome: ReleaseOutcome) {
        switch outcome {
        case .nothingToDo: (planned, record) = (nil, nil)
        case .finished(let record): (planned, self.record) = (nil, record)
        case .released(let record, let planned): (self.planned, self.record) = (planned, record)
        }
    }

    /// Whether there was nothing to release or finish.
    var isNothing: Bool { planned == nil && record == nil }

    func text(_ format: OutputFormat, explain: Bool) -> String {
        switch format {
        case .json: String(decoding: json.canonical(), as: UTF8.self) + "\n"
        case .text: isNothing ? "Nothing changed since the last release.\n" : lines(explain)
        }
    }

    private func lines(_ explain: Bool) -> String {
        var text = planned.map { PlannedText(planned: $0).text(explain: explain, isPlan: record == nil) } ?? ""
        if let record {
            text += "\(record.name)\n\(record.image)\n"
        }
        return text
    }

    private var json: JSONValue {
        var members: [String: JSONValue] = [
            "schema": .string("opencode-docker.release-report/1"), "changed": .bool(planned != nil),
            "released": .bool(record != nil && planned != nil), "finished": .bool(record != nil && planned == nil),
        ]
        if let planned { members.merge(PlannedText(planned: planned).members) { $1 } }
        if let record {
            members["image"] = .string(record.image.description)
            members["name"] = .string(record.name)
            members["version"] = .string(record.version.description)
        }
        return .object(members)
    }
}

/// A planned release as text and JSON.
struct PlannedText {
    let planned: PlannedRelease

    func text(explain: Bool, isPlan: Bool) -> String {
        let plan = planned.plan
        var text = "\(plan.previous.map { "\($0) -> " } ?? "")\(plan.version)"
        text += planned.decision.map { " (\($0.step.rawValue))" } ?? " (the first release)"
        if isPlan {
            text += "\n\(plan.repository): \(plan.tags.joined(separator: ", "))"
            text += "\ngit: tag \(plan.version.gitTag) on \(plan.branch), after \(plan.parent.short)"
        }
        text += planned.notes.isEmpty ? "\n" : "\n\n\(planned.notes.markdown)\n"
        return (explain ? text + reasons : text).sanitizedLines
    }

    /// The reasons for the version, and the evidence of each line about a vulnerability.
    private var reasons: String {
        let steps = (planned.decision?.reasons ?? []).map { "  \($0.step.rawValue): \($0.text)\n" }.joined()
        let evidence = planned.report?.explanation ?? ""
        return (steps.isEmpty ? "" : "Why \(planned.plan.version):\n\(steps)")
            + (evidence.isEmpty ? "" : "\nEvidence of the changelog:\n\n\(evidence)")
    }

    var members: [String: JSONValue] {
        let plan = planned.plan
        let cves = planned.report?.findings.flatMap(\.cves).map(\.id.description) ?? []
        var members: [String: JSONValue] = [
            "version": .string(plan.version.description), "source": .string(plan.parent.description),
            "cves": .array(Set(cves).sorted().map(JSONValue.string)),
            "changelog": .string(planned.notes.markdown),
        ]
        if let previous = plan.previous { members["previous"] = .string(previous.description) }
        if let decision = planned.decision {
            members["step"] = .string(decision.step.rawValue)
            members["reasons"] = .array(
                decision.reasons.map { .object(["step": .string($0.step.rawValue), "text": .string($0.text)]) })
        }
        return members
    }
}

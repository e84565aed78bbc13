// SPDX-License-Identifier: Apache-2.0

import Core

/// Git's words about a call that a remote refused or did not answer.
struct RemoteRefusal {
    private let remote: String
    private let answer: GitAnswer

    init(of remote: String, _ answer: GitAnswer) {
        self.remote = remote
        self.answer = answer
    }

    /// The error of a call without rejected references: the network is a matter of time, everything else of permission
    /// or of the remote's address.
    var error: ReleaseError {
        let complaint = answer.complaint
        return isOfNetwork
            ? .unreachable(remote, complaint: complaint)
            : .forbidden(remote, reason: reason ?? Self.reason(in: complaint), words: words)
    }

    /// Whether a reference moved in the meantime: git itself compared the commits, or the remote's lock on the
    /// reference did. `nil` when the references alone can tell.
    var isOvertaken: Bool? {
        let own = rejections.compactMap { $0.hasPrefix("[rejected]") ? $0 : nil }.filter { !$0.contains("atomic") }
        if !own.isEmpty { return true }
        let locks = ["cannot lock ref", "reference already exists", "incorrect old value"]
        let isLocked = rejections.contains { line in locks.contains { line.contains($0) } }
        return isLocked && !answer.complaint.contains("ermission denied") ? true : nil
    }

    /// Whether the remote judged the references one by one.
    var namesReferences: Bool { !rejections.isEmpty }

    /// The summaries of git-push(1), "Porcelain output": `!`, the references and the summary, separated by tabs.
    private var rejections: [String] {
        answer.lines.filter { $0.hasPrefix("!") }.compactMap { line in
            line.split(separator: "\t").last.map(String.init)
        }
    }

    /// The reason in brackets of the first reference that was not only refused together with another one.
    private var reason: String? {
        let own = rejections.first { !$0.contains("atomic") && !$0.contains("transaction failed") } ?? rejections.first
        guard let own, let start = own.lastIndex(of: "("), own.hasSuffix(")") else { return own?.sanitized }
        return String(own[own.index(after: start)...].dropLast()).sanitized
    }

    /// What the remote itself printed, which often names the rule: `remote: error: GH006: …`.
    private var words: [String] {
        let lines = answer.complaint.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("remote: ") }
        return lines.map { line in
            var text = line.dropFirst("remote: ".count)
            while text.last?.isWhitespace == true { text = text.dropLast() }
            return String(text.prefix(200)).sanitized
        }.filter { !$0.isEmpty }.suffix(10)
    }

    /// The words that state the reason, in a complaint without rejected references.
    private static func reason(in complaint: String) -> String {
        let lines = complaint.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("remote: ") }
        let fatal = lines.first { $0.hasPrefix("ERROR: ") || $0.contains("Permission denied") } ?? lines.first
        let text = fatal.map { $0.trimmingPrefix("fatal: ").trimmingPrefix("error: ").trimmingPrefix("ERROR: ") }
        return String((text ?? "git gave no reason").prefix(200)).sanitized
    }

    /// Whether only the network failed, by the words of git, curl and ssh in the C locale.
    private var isOfNetwork: Bool {
        let complaint = answer.complaint
        // "The requested URL returned error: 403"; a server that is busy or broken is a matter of time.
        if let status = complaint.firstMatch(of: #/(?:returned error: |HTTP )([45])(\d\d)/#) {
            return status.1 == "5" || ["08", "29"].contains(status.2)
        }
        return Self.networkWords.contains { complaint.contains($0) }
    }

    private static let networkWords = [
        "Could not resolve", "Couldn't resolve", "Connection refused", "Connection reset", "Connection timed out",
        "Connection closed", "Failed to connect", "Couldn't connect", "Network is unreachable", "No route to host",
        "timed out", "name resolution", "unable to look up", "early EOF", "unexpected disconnect", "broken pipe",
        "Broken pipe", "hung up unexpectedly", "Empty reply", "Operation too slow",
    ]
}

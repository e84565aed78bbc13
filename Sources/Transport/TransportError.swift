// SPDX-License-Identifier: Apache-2.0

import Core

/// A download that failed at all addresses.
package struct FailedDownload: Sendable, Hashable {
    /// The download's name.
    package let name: String
    /// The addresses in the order in which they were tried, with the reasons; empty when there was none.
    package let failures: [FailedAddress]

    /// The download `name`, with its failures.
    package init(name: String, failures: [FailedAddress]) {
        self.name = name
        self.failures = failures
    }
}

/// An address and why it failed.
package struct FailedAddress: Sendable, Hashable {
    /// The address, without user, password and query.
    package let url: String
    /// Why the last attempt failed.
    package let reason: FailureReason

    /// The address `url`, without secrets.
    package init(url: String, reason: FailureReason) {
        self.url = Address(url).shown
        self.reason = reason
    }
}

/// The errors of this module, beside those of the file system.
package enum TransportError: Error, Sendable, Hashable {
    /// Downloads that failed at all their addresses.
    case unavailable([FailedDownload])
    /// libcurl or its thread did not start: out of memory or threads.
    case cannotStart(String)

    /// Both errors as one: the failures of this round and of a second one.
    package func followed(by second: TransportError) -> TransportError {
        guard case .unavailable(let first) = self, case .unavailable(let later) = second else { return second }
        let failures = Dictionary(later.map { ($0.name, $0.failures) }) { first, _ in first }
        return .unavailable(
            first.map { FailedDownload(name: $0.name, failures: $0.failures + (failures[$0.name] ?? [])) })
    }

    /// Whether every failed address lacks the content, or is on an unreachable host: neither the bytes nor the servers
    /// are wrong, and only another mirror helps.
    package var allGone: Bool {
        guard case .unavailable(let downloads) = self else { return false }
        return downloads.allSatisfy { $0.failures.allSatisfy(\.reason.isGone) }
    }

    /// Whether some address responded with a digest mismatch.
    package var isDamage: Bool {
        guard case .unavailable(let downloads) = self else { return false }
        return downloads.contains { $0.failures.contains(where: \.reason.isDamage) }
    }
}

extension TransportError: UserFacingError {
    package var sentence: String {
        switch self {
        case .cannotStart(let text): return "Downloads cannot be started: \(text)."
        case .unavailable(let downloads):
            guard let first = downloads.first else { return "The downloads failed." }
            let rest = downloads.count > 1 ? " and \(downloads.count - 1) more" : ""
            return "Cannot download '\(first.name)'\(rest)\(first.places)."
        }
    }

    package var details: [String] {
        guard case .unavailable(let downloads) = self else { return [] }
        return downloads.flatMap { download in
            download.failures.map { "\(download.name): \($0.url): \($0.reason)" }
        }
    }

    package var hint: String? {
        guard case .unavailable(let downloads) = self else { return nil }
        let reasons = downloads.flatMap { $0.failures.map(\.reason) }
        if reasons.isEmpty { return Self.mirrorHint }
        if isDamage {
            return "The mirror is corrupt or being updated: try again later, or name another one with --mirror."
        }
        if reasons.contains(where: \.isDistrust) {
            return
                "Name a file with the certificates to trust in SSL_CERT_FILE, as for curl, or another mirror with --mirror."
        }
        if allGone {
            return "Check the network and its proxy settings (https_proxy). \(Self.mirrorHint)"
        }
        return "Run it again: completed downloads are kept."
    }

    /// How to name a mirror, with a reserved example address (RFC 2606, section 3).
    package static let mirrorHint =
        "Any Debian mirror works, as in `--mirror https://mirror.example` for one with /debian and /debian-security."

    package var exitStatus: ExitStatus {
        switch self {
        case .unavailable: .tryAgain
        case .cannotStart: .broken
        }
    }
}

extension FailedDownload {
    /// " from a.example: not there; from b.example: the transfer stalled", each host once.
    fileprivate var places: String {
        guard !failures.isEmpty else { return ": no address is known" }
        var hosts: [String] = []
        let clauses = failures.compactMap { failure -> String? in
            let host = Address(failure.url).host
            guard !hosts.contains(host) else { return nil }
            hosts.append(host)
            return " from \(host.isEmpty ? "this machine" : host): \(failure.reason.inShort)"
        }
        return clauses.joined(separator: ";")
    }
}

extension FailureReason {
    /// Without the part in parentheses.
    fileprivate var inShort: Substring {
        let text = description[...]
        return text.firstRange(of: " (").map { text[..<$0.lowerBound] } ?? text
    }

    fileprivate var isDistrust: Bool {
        if case .untrusted = self { true } else { false }
    }

    /// Whether the response differs from the pinned content.
    fileprivate var isDamage: Bool {
        switch self {
        case .digestMismatch, .tooLarge, .wrongSize: true
        default: false
        }
    }
}

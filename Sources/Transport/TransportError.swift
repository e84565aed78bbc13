// SPDX-License-Identifier: Apache-2.0

import Core

/// A download that no address gave.
package struct FailedDownload: Sendable, Hashable {
    /// The download's name.
    package let name: String
    /// Each address that was asked, in order, and why it failed; empty when there was none to ask.
    package let failures: [FailedAddress]

    /// The download `name`, which failed at all of `failures`.
    package init(name: String, failures: [FailedAddress]) {
        self.name = name
        self.failures = failures
    }
}

/// An address and why it failed.
package struct FailedAddress: Sendable, Hashable {
    /// The address, without user, password and query.
    package let url: String
    /// Why it failed at the last attempt.
    package let reason: FailureReason

    /// The address `url`; what could be secret in it is taken away.
    package init(url: String, reason: FailureReason) {
        self.url = Address(url).shown
        self.reason = reason
    }
}

/// What goes wrong in this module, beside the file system.
package enum TransportError: Error, Sendable, Hashable {
    /// Downloads that could not be had from any of their addresses.
    case unavailable([FailedDownload])
    /// libcurl or its thread did not start: memory or threads ran out.
    case cannotStart(String)

    /// Both errors as one: what failed here, and where else it failed in a second round.
    package func followed(by second: TransportError) -> TransportError {
        guard case .unavailable(let first) = self, case .unavailable(let later) = second else { return second }
        let failures = Dictionary(later.map { ($0.name, $0.failures) }) { first, _ in first }
        return .unavailable(
            first.map { FailedDownload(name: $0.name, failures: $0.failures + (failures[$0.name] ?? [])) })
    }

    /// Whether every address that failed does not have the content, or is on a host that cannot be reached: nothing
    /// is wrong with the bytes or the servers, and another mirror is the only way.
    package var allGone: Bool {
        guard case .unavailable(let downloads) = self else { return false }
        return downloads.allSatisfy { $0.failures.allSatisfy(\.reason.isGone) }
    }

    /// Whether some address answered with other bytes than those that are pinned.
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
            guard let first = downloads.first else { return "Nothing could be downloaded." }
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
            return "The mirror is damaged or just being updated: try again later, or name another one with --mirror."
        }
        if reasons.contains(where: \.isDistrust) {
            return
                "Name a file with the certificates to trust in SSL_CERT_FILE, as for curl, or another mirror with --mirror."
        }
        if allGone {
            return "Check the network and its proxy settings (https_proxy). \(Self.mirrorHint)"
        }
        return "Run it again: what has arrived is kept."
    }

    /// How a mirror is named, with an address that nobody has (RFC 2606, section 3).
    package static let mirrorHint =
        "Any Debian mirror does, as in `--mirror https://mirror.example` for one with /debian and /debian-security."

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
    /// Without what is in brackets.
    fileprivate var inShort: Substring {
        let text = description[...]
        return text.firstRange(of: " (").map { text[..<$0.lowerBound] } ?? text
    }

    fileprivate var isDistrust: Bool {
        if case .untrusted = self { true } else { false }
    }

    /// Whether the answer is not what was pinned.
    fileprivate var isDamage: Bool {
        switch self {
        case .digestMismatch, .tooLarge, .wrongSize: true
        default: false
        }
    }
}

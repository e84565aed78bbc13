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

    /// Whether every address that failed does not have the content, or is on a host that cannot be reached: nothing
    /// is wrong with the bytes or the servers, and another mirror is the only way.
    package var allGone: Bool {
        guard case .unavailable(let downloads) = self else { return false }
        return downloads.allSatisfy { $0.failures.allSatisfy(\.reason.isGone) }
    }
}

extension TransportError: UserFacingError {
    package var sentence: String {
        switch self {
        case .cannotStart(let text): return "Downloads cannot be started: \(text)."
        case .unavailable(let downloads):
            let shown = downloads.prefix(3).map(\.clause).joined(separator: "; ")
            let rest = downloads.count > 3 ? "; and \(downloads.count - 3) more" : ""
            let subject = downloads.count == 1 ? "Cannot download" : "Cannot download \(downloads.count) files:"
            return "\(subject) \(shown)\(rest)."
        }
    }

    package var hint: String? {
        guard case .unavailable(let downloads) = self else { return nil }
        let reasons = downloads.flatMap { $0.failures.map(\.reason) }
        if reasons.isEmpty { return "Name a place to download from with --mirror." }
        if reasons.contains(where: \.isDamage) {
            return "The mirror is damaged or just being updated: try again later, or name another one with --mirror."
        }
        if allGone {
            return
                "Check the network and its proxy settings (https_proxy), or name another mirror with --mirror."
        }
        return "Run it again: what has arrived is kept."
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .unavailable: .tryAgain
        case .cannotStart: .broken
        }
    }
}

extension FailedDownload {
    /// "'git.deb' (https://a/git.deb: not there; https://b/git.deb: the transfer stalled)"
    fileprivate var clause: String {
        guard !failures.isEmpty else { return "'\(name)' (no address is known)" }
        return "'\(name)' (\(failures.map { "\($0.url): \($0.reason)" }.joined(separator: "; ")))"
    }
}

extension FailureReason {
    fileprivate var isDamage: Bool {
        switch self {
        case .digestMismatch, .tooLarge, .wrongSize: true
        default: false
        }
    }
}

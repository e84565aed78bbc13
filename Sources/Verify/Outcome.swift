// SPDX-License-Identifier: Apache-2.0

/// The outcome of one attempt, as the probe writes it: `ok`, `errno:EPERM`, `value:...`, `skipped:...`, `timeout`,
/// `signal:N`. Text of any other form is kept, and matches no expectation.
package enum Outcome: Hashable, Sendable {
    /// The attempt succeeded.
    case ok
    /// The attempt failed with this errno, by its symbolic name.
    case errno(String)
    /// The observed value.
    case value(String)
    /// The attempt was impossible, with the reason.
    case skipped(String)
    /// The attempt timed out.
    case timedOut
    /// This signal killed the attempt's process.
    case signal(String)
    /// Text of any other form.
    case unintelligible(String)

    /// Parses the text of an outcome; never fails, so that malformed evidence is still reported.
    package init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts.first, parts.count) {
        case ("ok", 1): self = .ok
        case ("timeout", 1): self = .timedOut
        case ("errno", 2): self = .errno(parts[1])
        case ("value", 2): self = .value(parts[1])
        case ("skipped", 2): self = .skipped(parts[1])
        case ("signal", 2): self = .signal(parts[1])
        default: self = .unintelligible(text)
        }
    }
}

extension Outcome: CustomStringConvertible {
    package var description: String {
        switch self {
        case .ok: "ok"
        case .errno(let name): "errno:\(name)"
        case .value(let value): "value:\(value)"
        case .skipped(let reason): "skipped:\(reason)"
        case .timedOut: "timeout"
        case .signal(let number): "signal:\(number)"
        case .unintelligible(let text): text
        }
    }
}

extension Outcome: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text) }
}

// SPDX-License-Identifier: Apache-2.0

/// What came of one attempt, as the probe writes it: `ok`, `errno:EPERM`, `value:...`, `skipped:...`, `timeout`,
/// `signal:N`. Text of any other form is kept, and equals nothing that is expected.
package enum Outcome: Hashable, Sendable {
    /// It was let happen.
    case ok
    /// It was refused with this errno, by its symbolic name.
    case errno(String)
    /// What was found.
    case value(String)
    /// It could not be tried, and why.
    case skipped(String)
    /// No answer in time.
    case timedOut
    /// The attempt was killed by this signal.
    case signal(String)
    /// Something else was written.
    case unintelligible(String)

    /// Reads an outcome's text; never fails, because a judge must not fall silent over odd evidence.
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

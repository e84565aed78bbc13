// SPDX-License-Identifier: Apache-2.0

import CProbe

/// The outcome of an attempt, as written to the report.
enum ProbeOutcome: Sendable {
    /// The kernel allowed it.
    case ok
    /// The kernel refused, with this errno.
    case errno(Int32)
    /// An observed value.
    case value(String)
    /// The attempt is impossible here, with the reason.
    case skipped(String)
    /// The attempt timed out.
    case timedOut
    /// This signal killed the attempt's process.
    case signal(Int32)
    /// The text of an outcome, as the child process wrote it.
    case written(String)

    /// The outcome of a system call's result: a negated errno, or success.
    init(call result: Int) { self = result < 0 ? .errno(Int32(-result)) : .ok }

    /// The items of a list.
    init(list: [String]) { self = .value(list.isEmpty ? "none" : list.joined(separator: ",")) }

    var text: String {
        switch self {
        case .ok: "ok"
        case .errno(let number): "errno:" + (cprobe_errno_name(number).map { String(cString: $0) } ?? String(number))
        case .value(let value): "value:" + value
        case .skipped(let reason): "skipped:" + reason
        case .timedOut: "timeout"
        case .signal(let number): "signal:\(number)"
        case .written(let text): text
        }
    }
}

/// Makes a raw system call with up to six arguments.
func call(_ number: Int, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0, _ f: Int = 0) -> Int {
    number < 0 ? -38 : cprobe_call(number, a, b, c, d, e, f)
}

/// Makes a raw system call and returns the outcome; a call that this architecture does not have is skipped.
func attempt(
    _ number: Int, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0, _ f: Int = 0
) -> ProbeOutcome {
    number < 0 ? .skipped("not on this architecture") : ProbeOutcome(call: call(number, a, b, c, d, e, f))
}

/// Runs `body` with the address of a C string, as an argument of a system call.
func withAddress<Result>(_ text: String, _ body: (Int) -> Result) -> Result {
    text.withCString { body(Int(bitPattern: $0)) }
}

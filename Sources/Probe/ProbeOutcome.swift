// SPDX-License-Identifier: Apache-2.0

import CProbe

/// What came of an attempt, as the report writes it.
enum ProbeOutcome: Sendable {
    /// The kernel let it happen.
    case ok
    /// The kernel refused, with this errno.
    case errno(Int32)
    /// Something was looked at; this is what it is.
    case value(String)
    /// It cannot be tried here, and why.
    case skipped(String)
    /// No answer within the time.
    case timedOut
    /// The attempt killed its process with this signal.
    case signal(Int32)
    /// What the child process wrote: the text of one of the above.
    case written(String)

    /// The result of a system call: a negated errno, or success.
    init(call result: Int) { self = result < 0 ? .errno(Int32(-result)) : .ok }

    /// The items of a list that should be empty, or have certain members.
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

/// A raw system call with up to six arguments.
func call(_ number: Int, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0, _ f: Int = 0) -> Int {
    number < 0 ? -38 : cprobe_call(number, a, b, c, d, e, f)
}

/// The same as an outcome; a call that this architecture does not have is skipped.
func attempt(
    _ number: Int, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0, _ f: Int = 0
) -> ProbeOutcome {
    number < 0 ? .skipped("not on this architecture") : ProbeOutcome(call: call(number, a, b, c, d, e, f))
}

/// The address of a C string as a system call's argument.
func withAddress<Result>(_ text: String, _ body: (Int) -> Result) -> Result {
    text.withCString { body(Int(bitPattern: $0)) }
}

// SPDX-License-Identifier: Apache-2.0

/// Which hosts were found to be out of reach, so that a list of hundreds of downloads does not try each of them there.
actor OriginHealth {
    private var answered: Set<String> = []
    private var down: [String: FailureReason] = [:]

    /// Why nothing should be asked of `origin`; `nil` when it may be asked.
    func reason(against origin: String) -> FailureReason? { down[origin] }

    /// Takes note of an answer, whatever it said.
    func noteAnswer(from origin: String) {
        answered.insert(origin)
        down[origin] = nil
    }

    /// Takes note of why all attempts at `origin` failed. A host that answered before is not given up.
    func note(_ reason: FailureReason, at origin: String) {
        switch reason {
        case .unreachable, .unanswered: if !answered.contains(origin) { down[origin] = reason }
        default: answered.insert(origin)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Records unreachable hosts, so that a list of hundreds of downloads does not try each of them there.
actor OriginHealth {
    private var answered: Set<String> = []
    private var down: [String: FailureReason] = [:]

    /// Why `origin` is not tried any more; `nil` when it may be tried.
    func reason(against origin: String) -> FailureReason? { down[origin] }

    /// Records a response, whatever its status.
    func noteAnswer(from origin: String) {
        answered.insert(origin)
        down[origin] = nil
    }

    /// Records why all attempts at `origin` failed. A host that has responded before is still tried.
    func note(_ reason: FailureReason, at origin: String) {
        switch reason {
        case .unreachable, .unanswered: if !answered.contains(origin) { down[origin] = reason }
        default: answered.insert(origin)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Synchronization

/// Turns what dpkg prints into progress, and keeps the end of it for an error.
final class ConfigureLog: Sendable {
    private let step: String
    private let progress: ProgressSink
    private let witness: ConfigureWitness?
    private let state = Mutex<(lines: [String], configured: Int)>(([], 0))

    init(step: String, witness: ConfigureWitness? = nil, progress: @escaping ProgressSink) {
        self.step = step
        self.witness = witness
        self.progress = progress
    }

    /// How many packages dpkg has set up.
    var configured: Int { state.withLock { $0.configured } }

    /// The last lines, oldest first.
    var lastLines: [String] { state.withLock { $0.lines } }

    func add(_ line: String) {
        witness?.hear(line)
        let isPackage = if case .configuring = ConfigureWitness.Worker(line: line) { true } else { false }
        state.withLock { state in
            state.lines = Array((state.lines + [line]).suffix(12))
            if isPackage { state.configured += 1 }
        }
        progress(.advanced(step: step, by: isPackage ? 1 : 0, detail: line))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Synchronization
import SystemPackage

/// Turns what dpkg prints into progress, writes all of it to a file, and keeps what an error has to show.
package final class ConfigureLog: Sendable {
    /// How many lines an error shows.
    static let shown = 40
    /// The most bytes that the file gets: a script that never stops must not fill the disk.
    private static let limit = 1 << 26

    private struct State {
        var configured = 0
        /// The last lines of all.
        var lines: [String] = []
        /// The last lines since somebody began to work.
        var section: [String] = []
        var failure: ScriptFailure?
        var needed: NeededUnpacking?
        var written = 0
    }

    /// Where all lines are written.
    package let file: FilePath
    private let step: String
    private let progress: ProgressSink
    private let tracer: ConfigureTracer?
    private let descriptor: FileDescriptor?
    private let state = Mutex(State())

    /// A log of `step`, written to `file`; where that cannot be written, the step goes on without it.
    package init(
        step: String, file: FilePath, tracer: ConfigureTracer? = nil, progress: @escaping ProgressSink
    ) {
        self.file = file
        self.step = step
        self.tracer = tracer
        self.progress = progress
        try? Files.makeDirectories(file.removingLastComponent())
        descriptor = try? FileDescriptor.open(
            file, .writeOnly, options: [.create, .truncate, .closeOnExec, .noFollow],
            permissions: [.ownerReadWrite, .groupRead, .otherRead])
    }

    deinit { try? descriptor?.close() }

    /// How many packages dpkg has set up.
    var configured: Int { state.withLock { $0.configured } }

    /// Which package dpkg has to unpack, when the step gave up for that.
    package var needed: NeededUnpacking? { state.withLock { $0.failure == nil ? $0.needed : nil } }

    /// The error that the step failed with `status`: the first script that failed, with its own lines, where one did.
    package func error(status: Int32) -> BuildError {
        state.withLock { state in
            if let failure = state.failure { return .scriptFailed(failure, log: file) }
            return .configureFailed(status: status, lastLines: state.lines, log: file)
        }
    }

    /// Takes note of a line that the step printed.
    package func add(_ line: String) {
        tracer?.hear(line)
        let worker = ConfigureTracer.Worker(line: line)
        let isPackage = if case .configuring = worker { true } else { false }
        state.withLock { state in
            if state.failure == nil { state.failure = ScriptFailure(line: line, printed: state.section) }
            if worker != nil { state.section = [] }
            state.needed = NeededUnpacking(line: line) ?? state.needed
            Self.keep(line, in: &state.lines)
            if !line.hasPrefix("dpkg: error processing ") { Self.keep(line, in: &state.section) }
            if isPackage { state.configured += 1 }
            write(line, &state)
        }
        progress(.advanced(step: step, by: isPackage ? 1 : 0, detail: line))
    }

    private static func keep(_ line: String, in lines: inout [String]) {
        lines.append(line)
        if lines.count > shown { lines.removeFirst() }
    }

    private func write(_ line: String, _ state: inout State) {
        let bytes = Array("\(line)\n".utf8)
        guard let descriptor, state.written + bytes.count <= Self.limit else { return }
        state.written += bytes.count
        _ = try? descriptor.writeAll(bytes)
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Synchronization
import SystemPackage

/// Converts dpkg's output into progress, writes all of it to a file, and keeps the lines for an error.
package final class ConfigureLog: Sendable {
    /// The number of lines that an error shows.
    static let shown = 40
    /// The maximum size of the file in bytes: an endless script must not fill the disk.
    private static let limit = 1 << 26

    private struct State {
        var configured = 0
        /// The last lines of the whole output.
        var lines: [String] = []
        /// The last lines since the current script began.
        var section: [String] = []
        var failure: ScriptFailure?
        var question: ConffileQuestion?
        var needed: NeededUnpacking?
        var written = 0
    }

    /// The log file.
    package let file: FilePath
    private let step: String
    private let progress: ProgressSink
    private let tracer: ConfigureTracer?
    private let descriptor: FileDescriptor?
    private let state = Mutex(State())

    /// Creates a log of `step`, written to `file`; the step continues without it when the file cannot be written.
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

    /// The number of packages that dpkg has configured.
    var configured: Int { state.withLock { $0.configured } }

    /// The package that dpkg has to unpack, when the step stopped for that reason.
    package var needed: NeededUnpacking? { state.withLock { $0.failure == nil ? $0.needed : nil } }

    /// The error for a step that failed with `status`: the first script that failed with its own lines, if any.
    package func error(status: Int32) -> BuildError {
        state.withLock { state in
            if let failure = state.failure { return .scriptFailed(failure, log: file) }
            if let question = state.question { return .conffileQuestion(question, log: file) }
            return .configureFailed(status: status, lastLines: state.lines.suffix(Self.shown), log: file)
        }
    }

    /// Records a line that the step printed.
    package func add(_ line: String) { add([line]) }

    /// Records lines that arrived together with one write and few events, because a script may print millions of lines.
    package func add(_ lines: [String]) {
        let configured = state.withLock { state in
            let before = state.configured
            for line in lines { take(line, &state) }
            write(lines, &state)
            return state.configured - before
        }
        let shown = lines.suffix(Self.shown)
        if shown.count < lines.count {
            let omitted = "… \(lines.count - shown.count) lines"
            progress(.advanced(step: step, by: UInt64(configured), detail: omitted))
        }
        for (number, line) in shown.enumerated() {
            let isFirst = number == 0 && shown.count == lines.count
            progress(.advanced(step: step, by: isFirst ? UInt64(configured) : 0, detail: line))
        }
    }

    private func take(_ line: String, _ state: inout State) {
        if line.utf8.count >= Self.shortest {
            let worker = ConfigureTracer.Worker(line: line)
            if state.failure == nil {
                state.failure = ScriptFailure(line: line, printed: state.section.suffix(Self.shown))
            }
            state.question = state.question ?? ConffileQuestion(line: line, printed: state.lines)
            state.needed = NeededUnpacking(line: line) ?? state.needed
            if let worker {
                tracer?.hear(worker)
                state.section = []
                if case .configuring = worker { state.configured += 1 }
            }
        }
        Self.keep(line, in: &state.lines)
        if !line.hasPrefix("dpkg: error processing ") { Self.keep(line, in: &state.section) }
    }

    /// The lines of dpkg and the configure program are longer: "Setting up a" has as many bytes.
    private static let shortest = 12

    /// Up to twice as many lines as are shown are kept, so that lines are rarely moved.
    private static func keep(_ line: String, in lines: inout [String]) {
        if lines.count == 2 * shown { lines.removeFirst(shown) }
        lines.append(line)
    }

    private func write(_ lines: [String], _ state: inout State) {
        guard let descriptor else { return }
        var bytes: [UInt8] = []
        for line in lines where state.written + line.utf8.count < Self.limit {
            bytes.append(contentsOf: line.utf8)
            bytes.append(UInt8(ascii: "\n"))
            state.written += line.utf8.count + 1
        }
        if !bytes.isEmpty { _ = try? descriptor.writeAll(bytes) }
    }
}

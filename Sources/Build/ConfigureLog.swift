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
            return .configureFailed(status: status, lastLines: state.lines, log: file)
        }
    }

    /// Processes a line of the step's output.
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

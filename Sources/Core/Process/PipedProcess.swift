// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// The result of an ended process.
package struct ProcessResult: Hashable, Sendable {
    /// The exit status; 128 plus the signal number when a signal ended the process.
    package let status: Int32
    /// The standard output.
    package let standardOutput: [UInt8]
    /// The standard error.
    package let standardError: [UInt8]

    /// Creates a result.
    package init(status: Int32, standardOutput: [UInt8], standardError: [UInt8]) {
        self.status = status
        self.standardOutput = standardOutput
        self.standardError = standardError
    }
}

/// A child process whose output this process reads.
package struct PipedProcess: Sendable {
    /// The process.
    package let child: ChildProcess
    private let path: FilePath
    private let readers: [FileDescriptor?]

    /// Starts `program`. The output and the error are read, unless they are given another destination.
    ///
    /// - Throws: `ProgramError.notStarted`.
    package init(
        _ program: ExternalProgram, input: StandardStream = .null, output: StandardStream? = nil,
        error: StandardStream? = nil
    ) throws(ProgramError) {
        var (readers, writers): ([FileDescriptor?], [FileDescriptor?]) = ([], [])
        defer { for writer in writers { try? writer?.close() } }
        for given in [output, error] {
            let ends = given == nil ? try Self.pipe(program) : nil
            readers.append(ends?.reader)
            writers.append(ends?.writer)
        }
        func stream(_ given: StandardStream?, _ writer: FileDescriptor?) -> StandardStream {
            given ?? writer.map { .descriptor($0) } ?? .null
        }
        do {
            child = try program.start(
                input: input, output: stream(output, writers[0]), error: stream(error, writers[1]))
        } catch {
            for reader in readers { try? reader?.close() }
            throw error
        }
        self.readers = readers
        path = program.path
    }

    private static func pipe(_ program: ExternalProgram) throws(ProgramError) -> AnonymousPipe {
        do { return try AnonymousPipe() } catch { throw .notStarted(program.path, error) }
    }

    /// Reads until the process has ended, and returns its exit status. It blocks its thread, and may be called once.
    ///
    /// What processes that the child left behind write afterwards is not waited for.
    ///
    /// - Parameters:
    ///   - limit: The most bytes of each of the two outputs.
    ///   - seconds: The longest time without output.
    ///   - receive: Called with each piece, and with 0 for the output or 1 for the error.
    /// - Throws: `ProgramError.outputTooLarge`, `.silent`; the process is killed before.
    func read(
        limit: Int, seconds: Int32?, _ receive: (Int, UnsafeRawBufferPointer) -> Void
    ) throws(ProgramError) -> Int32 {
        let end = clinux_process(child.pid)
        defer { if end >= 0 { close(end) } }
        defer { for reader in readers { try? reader?.close() } }
        // A descriptor below 0 is passed over (poll(2)).
        var requests = (readers.map { $0?.rawValue ?? -1 } + [end]).map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        var remaining = [limit, limit]
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while requests[0].fd >= 0 || requests[1].fd >= 0 {
            let count = poll(&requests, nfds_t(requests.count), seconds.map { $0 * 1000 } ?? -1)
            // Nothing was waited for (EINTR).
            if count < 0 { continue }
            if count == 0 {
                child.kill()
                throw .silent(path, seconds: seconds ?? 0)
            }
            let hasEnded = requests[2].revents != 0
            for index in 0..<2 where requests[index].fd >= 0 {
                guard hasEnded || requests[index].revents != 0 else { continue }
                let bytes = Self.next(of: requests[index].fd, isEnd: hasEnded, in: &buffer)
                remaining[index] -= bytes
                guard remaining[index] >= 0 else {
                    child.kill()
                    throw .outputTooLarge(path, limit: limit)
                }
                buffer.withUnsafeBytes { receive(index, UnsafeRawBufferPointer(rebasing: $0[..<bytes])) }
                if bytes == 0 || hasEnded { requests[index].fd = -1 }
            }
        }
        return child.wait()
    }

    /// Reads from a pipe; after the end of its writer, all that is there already.
    ///
    /// - Returns: The number of bytes; 0 at the end.
    private static func next(of pipe: Int32, isEnd: Bool, in buffer: inout [UInt8]) -> Int {
        let most = isEnd ? available(pipe) : buffer.count
        guard most > 0 else { return 0 }
        if most > buffer.count { buffer += [UInt8](repeating: 0, count: most - buffer.count) }
        while true {
            let count = Glibc.read(pipe, &buffer, most)
            if count >= 0 || errno != EINTR { return max(count, 0) }
        }
    }

    /// The number of bytes in a pipe (ioctl_pipe(2), FIONREAD).
    private static func available(_ descriptor: Int32) -> Int {
        var count: Int32 = 0
        return ioctl(descriptor, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }
}

extension PipedProcess {
    /// Reads the output of the process to its end. It blocks its thread.
    ///
    /// - Parameters:
    ///   - limit: The most bytes of each of the two outputs: a truncated output would be believed.
    ///   - seconds: The longest time without output.
    /// - Throws: `ProgramError`; the process is killed before.
    package func read(limit: Int, seconds: Int32? = nil) throws(ProgramError) -> ProcessResult {
        var outputs: [[UInt8]] = [[], []]
        let status = try read(limit: limit, seconds: seconds) { outputs[$0] += $1 }
        return ProcessResult(status: status, standardOutput: outputs[0], standardError: outputs[1])
    }

    /// Reads the output of the process to its end, on a thread of its own. A cancelled task kills the process.
    ///
    /// - Throws: `ProgramError`; `CancellationError`.
    package func result(limit: Int) async throws -> ProcessResult {
        try await onThread { try read(limit: limit) }
    }

    /// Passes the output on until the process has ended, from a thread of its own, and returns the exit status. A
    /// cancelled task kills the process.
    ///
    /// - Throws: `CancellationError`.
    package func passing(to receive: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) async throws -> Int32 {
        try await onThread { try read(limit: .max, seconds: nil) { _, bytes in receive(bytes) } }
    }

    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let value = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                BackgroundThread.start { continuation.resume(with: Result(catching: body)) }
            }
        } onCancel: {
            child.send(SIGKILL)
        }
        try Task.checkCancellation()
        return value
    }
}

extension ExternalProgram {
    /// Runs the program `name` on this process's own terminal, and returns its exit status. It blocks its thread.
    ///
    /// - Throws: `ProgramError.missing`, `.notStarted`.
    package static func onTerminal(
        _ name: String, _ arguments: [String], environment: [String: String]
    ) throws(ProgramError) -> Int32 {
        try ExternalProgram(named: name, arguments, environment: environment)
            .start(input: .own, output: .own, error: .own).wait()
    }

    /// The standard output of the program `name`; `nil` when it cannot be started, fails, writes more than `limit` bytes,
    /// or nothing for a minute. It blocks its thread.
    package static func output(
        of name: String, _ arguments: [String], environment: [String: String], limit: Int = 1 << 16
    ) -> [UInt8]? {
        guard let program = try? ExternalProgram(named: name, arguments, environment: environment),
            let result = try? PipedProcess(program, error: .null).read(limit: limit, seconds: 60), result.status == 0
        else { return nil }
        return result.standardOutput
    }

    /// Runs the program with `input`, and collects its output.
    ///
    /// - Parameter limit: The most bytes of each of the two outputs.
    /// - Throws: `ProgramError`; `CancellationError`.
    package func result(input: [UInt8] = [], limit: Int, error: StandardStream? = nil) async throws -> ProcessResult {
        try await piped(input: input, error: error).result(limit: limit)
    }

    private func piped(input: [UInt8], error: StandardStream?) throws(ProgramError) -> PipedProcess {
        guard !input.isEmpty else { return try PipedProcess(self, error: error) }
        let file = try memory(input)
        defer { try? file.close() }
        return try PipedProcess(self, input: .descriptor(file), error: error)
    }

    /// A file in memory with `bytes`, at its beginning: unlike a pipe it holds any number, and a program that does not
    /// read them is no error.
    private func memory(_ bytes: [UInt8]) throws(ProgramError) -> FileDescriptor {
        let number = clinux_memory_file()
        guard number >= 0 else { throw .notStarted(path, Errno(rawValue: errno)) }
        let file = FileDescriptor(rawValue: number)
        do {
            try file.writeAll(toAbsoluteOffset: 0, bytes)
        } catch {
            try? file.close()
            throw .notStarted(path, error as? Errno ?? .ioError)
        }
        return file
    }
}

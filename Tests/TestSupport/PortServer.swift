// SPDX-License-Identifier: Apache-2.0

import CLinux
import Core
import Glibc
import SystemPackage

/// A server of a test: a program that prints its port, and ends with its standard input.
package enum PortServer {
    /// It ended without a port.
    package struct Failed: Error {
        let path: FilePath
        let arguments: [String]
    }

    /// Runs `program` for the duration of `body`, which gets the port.
    ///
    /// - Throws: `Failed`, `ProgramError`, and what `body` throws.
    package static func with<Result: Sendable>(
        _ program: ExternalProgram, _ body: @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        let (input, output) = (try AnonymousPipe(), try AnonymousPipe())
        let child = try program.start(
            input: .descriptor(input.reader), output: .descriptor(output.writer), error: .null)
        try input.reader.close()
        try output.writer.close()
        do {
            guard let port = try port(from: output.reader) else {
                throw Failed(path: program.path, arguments: program.arguments)
            }
            let result = try await body(port)
            await end(child, [input.writer, output.reader])
            return result
        } catch {
            await end(child, [input.writer, output.reader])
            throw error
        }
    }

    private static func end(_ child: ChildProcess, _ files: [FileDescriptor]) async {
        for file in files { try? file.close() }
        _ = await child.ended()
    }

    /// The number on the first line.
    private static func port(from reader: FileDescriptor) throws -> Int? {
        var line: [UInt8] = []
        var byte: [UInt8] = [0]
        while line.count < 20, try byte.withUnsafeMutableBytes({ try reader.read(into: $0) }) == 1 {
            if byte[0] == UInt8(ascii: "\n") { return Int(String(decoding: line, as: UTF8.self)) }
            line += byte
        }
        return nil
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Engine
import Glibc
import SystemPackage
import TestSupport
import Testing

/// Streams into a fake Docker.
@Suite struct StreamTests {
    private struct Broken: Error {}

    /// An engine that is a script: it reports its version, and reads its input to the end.
    @discardableResult
    private static func with<Result>(
        _ load: String, _ body: (CommandLineEngine, FilePath) async throws -> Result
    ) async throws -> Result {
        let directory = FilePath("/tmp/stream-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory)
        defer { try? Files.removeTree(directory) }
        let script = """
            #!/bin/sh
            [ "$1" = version ] && { echo '{"Client":{"Version":"24"},"Server":{"Version":"24.0.5"}}'; exit 0; }
            cd \(directory)
            \(load)

            """
        try writeProgram(script, to: directory.appending("docker"))
        let engine = try await CommandLineEngine.find(.docker, environment: ["PATH": "\(directory):/usr/bin:/bin"])
        #expect(engine.version == "24.0.5")
        return try await body(engine, directory)
    }

    private static let block = [UInt8](repeating: 7, count: 1 << 20)

    @Test func everythingArrives() async throws {
        try await Self.with("cat > got") { engine, directory in
            try await engine.load { sink in for _ in 0..<5 { try Self.block.withUnsafeBytes(sink) } }
            #expect(try Files.status(of: directory.appending("got")).st_size == 5 << 20)
        }
    }

    @Test("A failed writer ends the program before its input ends, so a truncated archive never looks complete")
    func brokenInput() async throws {
        try await Self.with("cat > got; touch whole") { engine, directory in
            await #expect(throws: Broken.self) {
                try await engine.load { sink in
                    try Self.block.withUnsafeBytes(sink)
                    throw Broken()
                }
            }
            try await Task.sleep(for: .milliseconds(200))
            #expect(!Files.exists(directory.appending("whole")))
        }
    }

    @Test("The error of a program that stops reading is reported")
    func brokenReader() async throws {
        try await Self.with("head -c 10 > got; echo 'no space left on device' >&2; exit 1") { engine, _ in
            await #expect(throws: EngineError.engineFull(.docker)) {
                try await engine.load { sink in for _ in 0..<50 { try Self.block.withUnsafeBytes(sink) } }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("make image builds the images that this machine supports")
struct ImageScriptTests {
    /// The exit statuses of the fake tool, and the expected actions of the script.
    struct Case: Sendable {
        /// The exit statuses of the calls in order: "build --base", "build", "resolve --update-missing", "verify".
        let statuses: [String: [Int32]]
        let exit: Int32
        let calls: [String]
        let lastLine: String
    }

    @Test(arguments: [
        Case(
            statuses: [:], exit: 0, calls: ["build --base", "build", "verify"], lastLine: "full image sha256:build"),
        Case(
            statuses: ["build": [75]], exit: 0, calls: ["build --base", "build", "verify --base"],
            lastLine: "-base image sha256:build--base"),
        Case(
            statuses: ["build --base": [75, 0]], exit: 0,
            calls: ["build --base", "resolve --update-missing", "build --base", "build", "verify"],
            lastLine: "full image sha256:build"),
        Case(
            statuses: ["build --base": [75, 75]], exit: 75,
            calls: ["build --base", "resolve --update-missing", "build --base"], lastLine: ""),
        Case(statuses: ["build --base": [2]], exit: 2, calls: ["build --base"], lastLine: ""),
        Case(statuses: ["build": [2]], exit: 2, calls: ["build --base", "build"], lastLine: ""),
        Case(
            statuses: ["verify": [1]], exit: 1, calls: ["build --base", "build", "verify"], lastLine: "table of verify"),
    ])
    func flow(example: Case) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let tool = directory.appending(path: "tool")
        try FakeProgram.write(Self.fakeRegistry(in: directory, statuses: example.statuses), to: tool)

        let (status, output) = try Self.run(tool: tool)
        let calls = try String(contentsOf: directory.appending(path: "calls"), encoding: .utf8)
        #expect(status == example.exit)
        #expect(calls.split(separator: "\n").map(String.init) == example.calls)
        #expect(output.split(separator: "\n").last.map(String.init) ?? "" == example.lastLine)
    }

    /// A shell program that records its arguments, prints like the tool, and exits with the next status of the list.
    static func fakeRegistry(in directory: URL, statuses: [String: [Int32]]) -> String {
        let answers = statuses.map { call, list in
            "'\(call)') set -- \(list.map(String.init).joined(separator: " ")) ;;"
        }
        return """
            #!/bin/sh
            call="$*"
            echo "$call" >> '\(directory.path)/calls'
            case $call in verify*) echo "table of $call" ;; *) echo "sha256:$(echo "$call" | tr -d ' ')" ;; esac
            count=$(grep -cx -- "$call" '\(directory.path)/calls')
            case $call in
            \(answers.joined(separator: "\n"))
            *) set -- 0 ;;
            esac
            [ "$count" -le $# ] || exit 0
            shift $((count - 1))
            exit "$1"
            """
    }

    static func run(tool: URL) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = Repository.root.appending(path: "scripts/image")
        process.environment = ["TOOL": tool.path, "PATH": "/usr/bin:/bin"]
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

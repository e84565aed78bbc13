// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("scripts/publish passes the job's secrets to the tool, and its status to the job") struct PublishScriptTests {
    private static let spaced =
        "{ \"version\": 1,\n \"repositories\": [ {\n \"repository\" :\n \"r.example:5000/team/i\" } ] }"
    private static let two = #"{"repositories":[{"repository":"a.example/i"},{"repository":"b.example/i"}]}"#

    @Test(
        "The job succeeds when there is nothing to do; every other status is the tool's",
        arguments: [(0, 0), (1, 1), (2, 2), (3, 0), (64, 64), (75, 75)])
    func status(tool: Int32, job: Int32) throws {
        #expect(try Self.run(["nightly"], ["STATUS": "\(tool)"]).status == job)
    }

    @Test(
        "The command and its step",
        arguments: [
            (["nightly"], "", "nightly --format json"),
            (["nightly", "--base"], "minor", "nightly --base --format json"),
            (["release"], "", "release"), (["release"], "minor", "release minor"),
        ])
    func call(arguments: [String], step: String, called: String) throws {
        #expect(try Self.run(arguments, ["STEP": step]).lines.first == called)
    }

    @Test(
        "The login is for the registry of the named repository, else of the trust file's first one",
        arguments: [
            (spaced, "", "r.example:5000"), (two, "", "a.example"), (two, "c.example/i", "c.example"),
            (nil, "c.example/i", "c.example"), (nil, "", nil), ("{}", "", nil),
        ] as [(String?, String, String?)])
    func login(trust: String?, repository: String, host: String?) throws {
        let secrets = ["REGISTRY_USER": "me", "REGISTRY_TOKEN": "secret", "OPENCODE_DOCKER_REPOSITORY": repository]
        let said = try Self.run(["nightly"], secrets, trust: trust)
        let auth = Data("me:secret".utf8).base64EncodedString()
        #expect(said.status == 0)
        #expect(
            said.lines.dropFirst().first
                == (host.map { #"login {"auths":{"\#($0)":{"auth":"\#(auth)"}}}"# } ?? "login "))
    }

    @Test("The key and git's token are passed only if they are set")
    func secrets() throws {
        let header = Data("x-access-token:tok".utf8).base64EncodedString()
        let secrets = ["RELEASE_KEY": "pem", "GIT_TOKEN": "tok", "GITHUB_SERVER_URL": "https://git.example"]
        #expect(
            try Self.run(["release"], secrets).lines.dropFirst(2) == [
                "key env:RELEASE_KEY", "git http.https://git.example/.extraheader Authorization: Basic \(header)",
            ])
        #expect(try Self.run(["release"], [:]).lines.dropFirst(1) == ["login ", "key ", "git  "])
    }

    @Test("An unknown command is reported", arguments: [[], ["build"]])
    func usage(arguments: [String]) throws { #expect(try Self.run(arguments, [:]).status == 64) }

    /// Runs the script with a fake tool, which prints its input.
    private static func run(
        _ arguments: [String], _ environment: [String: String], trust: String? = nil
    ) throws -> (status: Int32, lines: [String]) {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let (tool, file) = (directory.appending(path: "tool"), directory.appending(path: "trust.json"))
        let fakeRegistry = """
            #!/bin/sh
            printf '%s\\n' "$*" "login $DOCKER_AUTH_CONFIG" "key $OPENCODE_DOCKER_KEY" "git $GIT_CONFIG_KEY_0 $GIT_CONFIG_VALUE_0"
            exit "${STATUS:-0}"
            """
        try FakeProgram.write(fakeRegistry, to: tool)
        try trust?.write(to: file, atomically: true, encoding: .utf8)
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = Repository.root.appending(path: "scripts/publish")
        process.arguments = arguments
        let own = ["TOOL": tool.path, "PATH": "/usr/bin:/bin", "OPENCODE_DOCKER_TRUST": file.path]
        process.environment = own.merging(environment) { $1 }
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return (process.terminationStatus, lines.dropLast().map(String.init))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Foundation
import OCI
import Registry
import SystemPackage
import TestSupport
import Testing

@Suite("Sources of credentials")
struct CredentialTests {
    private static func auth(_ user: String) -> String { Data(user.utf8).base64EncodedString() }

    private static let entries: [(String, String, Credential?)] = [
        (
            #"{"auths":{"r.example":{"auth":"\#(auth("me:se:cret"))"}}}"#, "r.example",
            .password(user: "me", secret: "se:cret")
        ),
        (#"{"auths":{"r.example":{"auth":"\#(auth("me:x\0\0"))"}}}"#, "r.example", .password(user: "me", secret: "x")),
        (
            #"{"auths":{"https://r.example/v1/":{"auth":"\#(auth("me:x"))"}}}"#, "r.example",
            .password(user: "me", secret: "x")
        ),
        (
            #"{"auths":{"https://index.docker.io/v1/":{"auth":"\#(auth("me:x"))"}}}"#, "docker.io",
            .password(user: "me", secret: "x")
        ),
        (
            #"{"auths":{"r.example/team":{"auth":"\#(auth("a:1"))"},"r.example":{"auth":"\#(auth("b:2"))"}}}"#,
            "r.example", .password(user: "a", secret: "1")
        ),
        (
            #"{"auths":{"r.example/tea":{"auth":"\#(auth("a:1"))"},"r.example":{"auth":"\#(auth("b:2"))"}}}"#,
            "r.example", .password(user: "b", secret: "2")
        ),
        (#"{"auths":{"r.example":{"identitytoken":"t"}}}"#, "r.example", .identityToken("t")),
        (#"{"auths":{"r.example":{"registrytoken":"t","auth":"\#(auth("a:1"))"}}}"#, "r.example", .registryToken("t")),
        (#"{"auths":{"r.example":{"username":"a","password":"b"}}}"#, "r.example", .password(user: "a", secret: "b")),
        (#"{"auths":{"r.example":{}}}"#, "r.example", nil),
        (#"{"auths":{"other.example":{"auth":"\#(auth("a:1"))"}}}"#, "r.example", nil),
        (#"{"auths":{"r.example:5000":{"auth":"\#(auth("a:1"))"}}}"#, "r.example", nil),
        (#"{"HttpHeaders":{"a":"b"},"currentContext":"x"}"#, "r.example", nil),
        (
            #"{"credHelpers":{"r.example":"mine"},"credsStore":"all","auths":{"r.example":{"auth":"\#(auth("a:1"))"}}}"#,
            "r.example", .password(user: "mine-r.example", secret: "s")
        ),
        (
            #"{"credsStore":"all","auths":{"r.example":{"auth":"\#(auth("a:1"))"}}}"#, "r.example",
            .password(user: "all-r.example", secret: "s")
        ),
        (
            #"{"credHelpers":{"r.example":""},"credsStore":"all","auths":{"r.example":{"auth":"\#(auth("a:1"))"}}}"#,
            "r.example", .password(user: "a", secret: "1")
        ),
        (#"{"credsStore":"all"}"#, "docker.io", .password(user: "all-https://index.docker.io/v1/", secret: "s")),
        (
            #"{"credsStore":"none","auths":{"r.example":{"auth":"\#(auth("a:1"))"}}}"#, "r.example",
            .password(user: "a", secret: "1")
        ),
        ("", "r.example", nil), (" \n", "r.example", nil),
        (#"{"auths":{"r.example/":{"auth":"\#(auth("a:1"))"}}}"#, "r.example", .password(user: "a", secret: "1")),
        (#"{"auths":{"r.example/v2/":{"auth":"\#(auth("a:1"))"}}}"#, "r.example", .password(user: "a", secret: "1")),
        (#"{"credsStore":"token"}"#, "r.example", .identityToken("refresh")),
    ]

    /// Helpers that print their own name, nothing, a token, and invalid output.
    private static func helpers(_ directory: FilePath) throws -> String {
        let scripts = [
            "mine": #"printf '{"ServerURL":"x","Username":"mine-%s","Secret":"s"}' "$(cat)""#,
            "all": #"printf '{"ServerURL":"x","Username":"all-%s","Secret":"s"}' "$(cat)""#,
            "none": "echo 'credentials not found in native keychain'; exit 1",
            "token": #"printf '{"Username":"<token>","Secret":"refresh"}'"#,
            "broken": "echo secret-in-the-output; exit 1", "odd": "echo '{}'", "hangs": "exec sleep 30",
        ]
        for (name, script) in scripts {
            try writeProgram("#!/bin/sh\n\(script)\n", to: directory.appending("docker-credential-\(name)"))
        }
        return "\(directory):/usr/bin:/bin"
    }

    @Test("Entries of a file", arguments: entries)
    func entry(document: String, host: String, expected: Credential?) async throws {
        let scratch = try Scratch()
        let environment = ["PATH": try Self.helpers(scratch.root), "DOCKER_AUTH_CONFIG": document]
        let sources = CredentialSources(environment: environment, userID: 4_000_000)
        #expect(
            try await sources.credential(host: host, repository: "team/image") == expected)
    }

    @Test(
        "Invalid credentials are an error that names the source, and never the secret",
        arguments: [
            "{", "[]", #"{"auths":{"r.example":{"auth":"!"}}}"#, #"{"auths":{"r.example":{"auth":"bm9jb2xvbg=="}}}"#,
        ])
    func unusable(document: String) async throws {
        let scratch = try Scratch()
        let environment = ["PATH": try Self.helpers(scratch.root), "DOCKER_AUTH_CONFIG": document]
        let sources = CredentialSources(environment: environment, userID: 4_000_000)
        do {
            let found = try await sources.credential(host: "r.example", repository: "a")
            Issue.record("\(String(describing: found))")
        } catch let error as RegistryError {
            #expect(error.sentence.contains("DOCKER_AUTH_CONFIG"))
        }
    }

    @Test(
        "A helper that fails is noted without its output, and the next source is asked, the entries of its file too",
        arguments: ["broken", "odd", "absent", "hangs", "../../bin/sh"], ["credsStore", "credHelpers"])
    func failingHelper(name: String, member: String) async throws {
        let scratch = try Scratch()
        let value = member == "credsStore" ? #""\#(name)""# : #"{"r.example":"\#(name)"}"#
        let document = { (entries: String) in #"{"\#(member)":\#(value),"auths":{\#(entries)}}"# }
        let entry = #""r.example":{"auth":"\#(Self.auth("a:1"))"}"#
        for (entries, expected) in [(entry, Credential.password(user: "a", secret: "1")), ("", nil)] {
            let sources = CredentialSources(
                environment: ["PATH": try Self.helpers(scratch.root), "DOCKER_AUTH_CONFIG": document(entries)],
                userID: 4_000_000, timeout: name == "hangs" ? .milliseconds(300) : .seconds(20))
            let failures = HelperFailures()
            #expect(
                try await sources.credential(host: "r.example", repository: "a", noting: failures) == expected)
            guard case .helper(let program, let problem) = failures.first else {
                Issue.record("no failure was noted")
                continue
            }
            #expect(program == "docker-credential-\(name)" && !problem.contains("secret-in-the-output"))
        }
    }

    @Test("An earlier source takes precedence, and a named file excludes all others")
    func order() async throws {
        let scratch = try Scratch()
        let home = scratch.root.appending("home")
        var environment = ["HOME": home.string]
        // From the last to the first.
        let files: [(FilePath, String, (variable: String, value: String)?)] = [
            (home.pushing(".config/containers/auth.json"), "config", nil),
            (
                scratch.root.pushing("run/containers/auth.json"), "run",
                ("XDG_RUNTIME_DIR", scratch.root.appending("run").string)
            ),
            (
                scratch.root.appending("named.json"), "variable",
                ("REGISTRY_AUTH_FILE", scratch.root.appending("named.json").string)
            ),
            (home.pushing(".docker/config.json"), "docker", nil),
            (
                scratch.root.pushing("other/config.json"), "other",
                ("DOCKER_CONFIG", scratch.root.appending("other").string)
            ),
        ]
        for (file, user, variable) in files {
            try Files.makeDirectories(file.removingLastComponent())
            let document = #"{"auths":{"r.example":{"auth":"\#(Self.auth("\(user):x"))"}}}"#
            try Files.write(Array(document.utf8), to: file)
            if let variable { environment[variable.variable] = variable.value }
            let sources = CredentialSources(environment: environment, userID: 4_000_000)
            let found = try await sources.credential(host: "r.example", repository: "a")
            #expect(found == .password(user: user, secret: "x"))
        }
        let only = CredentialSources(
            environment: environment, configuration: home.pushing(".config/containers/auth.json"), userID: 0)
        let found = try await only.credential(host: "r.example", repository: "a")
        #expect(found == .password(user: "config", secret: "x"))
        let missing = CredentialSources(environment: [:], configuration: "/nowhere.json", userID: 0)
        await #expect(throws: FileError.self) {
            try await missing.credential(host: "r.example", repository: "a")
        }
    }
}

extension CredentialSources {
    /// The credential, whatever helpers fail.
    fileprivate func credential(host: String, repository: String) async throws -> Credential? {
        try await credential(host: host, repository: repository, noting: HelperFailures())
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Foundation
import Lockfile
import Resolve
import SystemPackage
import TestSupport
import Testing
import Transport

/// A third-party repository, built with dpkg-deb and gpg and served locally, beside the mirror of this machine's apt.
@Suite("Third-party repository", .serialized) final class RepositoryIntegrationTests {
    private let scratch: Scratch
    private let server = Process()
    private let address: String

    init() throws {
        let scratch = try Scratch()
        self.scratch = scratch
        let script = FilePath(#filePath).removingLastComponent().appending("make-repository")
        try ShellLine.run("bash '\(script)' .", in: scratch.root)
        let pipe = Pipe()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        server.currentDirectoryURL = URL(fileURLWithPath: scratch.root.appending("www").string)
        let program = """
            import http.server
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
            print(server.server_port, flush=True)
            server.serve_forever()
            """
        server.arguments = ["python3", "-c", program]
        server.standardOutput = pipe
        server.standardError = FileHandle.nullDevice
        try server.run()
        let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        address = "http://127.0.0.1:\(line.trimmingCharacters(in: .whitespacesAndNewlines))"
    }

    deinit {
        // Test threads block signals, and so do their child processes; SIGKILL cannot be blocked.
        kill(server.processIdentifier, SIGKILL)
        server.waitUntilExit()
    }

    private func source(
        _ suite: String = "stable", _ components: [String] = ["main"], named: [String] = [], key: String = "key.asc",
        at path: String = ""
    ) throws -> ArchiveSource {
        var archive = ArchiveSource(suite: suite, base: "others", addresses: [address + path])
        let file = scratch.root.appending(key)
        archive.repository = RepositoryTerms(
            components: components,
            keyring: try OpenPGPKeyring.binary(Files.read(file, limit: OpenPGPKeyring.limit), file: key),
            preferred: Set(try named.map { try PackageName($0) }))
        return archive
    }

    private func lock(
        _ names: [String], _ repository: ArchiveSource, previous: VersionsLock? = nil
    ) async throws -> VersionsLock {
        let machine = try MachineSources.read(etcApt: "/etc/apt", codename: "bookworm")
        let resolver = Resolver(
            store: scratch.store, source: Downloader(store: scratch.store), check: SignatureCheck(),
            archives: machine.archives + [repository],
            now: Timestamp(seconds: Int64(Date().timeIntervalSince1970)), expired: .take("in a test"))
        let request = ResolveRequest(
            codename: "bookworm", architectures: [.amd64], packages: try names.map { try PackageName($0) },
            artifacts: [], inputs: Digest(of: [1]))
        return try await resolver.resolve(request, previous: previous) { _ in }
    }

    private func versions(_ lock: VersionsLock) -> [String: String] {
        Dictionary(lock.architectures["amd64", default: []].map { ($0.name.text, "\($0.version)") }) { first, _ in first
        }
    }

    /// apt's result with equivalent pins: 100 for the whole repository, 990 for the preferred packages.
    private func aptsAnswer(_ names: [String], named: [String]) throws -> [String: String] {
        let root = scratch.root.appending("apt")
        for directory in ["state/lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d"] {
            try Files.makeDirectories(root.pushing(FilePath(directory)))
        }
        try Files.write([], to: root.appending("status"))
        let pins = (["* 100"] + named.map { "\($0) 990" }).map { $0.split(separator: " ") }.map {
            "Package: \($0[0])\nPin: release o=Others\nPin-Priority: \($0[1])\n\n"
        }
        try Files.write(Array(pins.joined().utf8), to: root.pushing("etc/preferences.d/pins"))
        let list = "deb [signed-by=\(scratch.root)/key.gpg arch=amd64] \(address) stable main\n"
        try Files.write(Array(list.utf8), to: root.pushing("etc/others.list"))
        let options = [
            "Dir=\(root)", "Dir::State=\(root)/state", "Dir::State::status=\(root)/status", "Dir::Cache=\(root)/cache",
            "Dir::Etc=\(root)/etc", "Dir::Etc::sourcelist=/etc/apt/sources.list.d/debian.sources",
            "Dir::Etc::sourceparts=\(root)/etc", "Dir::Etc::preferencesparts=\(root)/etc/preferences.d",
            "Dir::Etc::trustedparts=/etc/apt/trusted.gpg.d", "APT::Architecture=amd64", "APT::Architectures=amd64",
            "APT::Install-Recommends=false", "Acquire::Languages=none", "APT::Sandbox::User=root",
            "Acquire::Check-Valid-Until=false",
        ].map { "-o '\($0)'" }.joined(separator: " ")
        try ShellLine.run("APT_CONFIG=/dev/null apt-get \(options) -q update >&2", in: scratch.root)
        let line = "apt-get \(options) -y --print-uris install \(names.joined(separator: " ")) | grep \"^'\""
        let output = String(
            decoding: try ShellLine.run("APT_CONFIG=/dev/null \(line)", in: scratch.root), as: UTF8.self)
        let files = output.split(separator: "\n").map { $0.split(separator: " ")[1].replacing("%3a", with: ":") }
        return Dictionary(files.map { $0.split(separator: "_").map(String.init) }.map { ($0[0], $0[1]) }) { first, _ in
            first
        }
    }

    @Test func itsPackagesNeverBeatDebians() async throws {
        let lock = try await lock(["others-tool", "ripgrep"], source())
        let found = versions(lock)
        #expect(found["others-tool"] == "1.0" && found["others-data"] == "1.0")
        #expect(found["jq"] != nil && found["jq"] != "99.0")
        #expect(found["ripgrep"] != "0.1")
        #expect(found["others-mta"] == nil, "neither Essential nor required by its own word")
        let packages = lock.architectures["amd64", default: []]
        #expect(packages.filter { $0.base == "others" }.map(\.name.text) == ["others-data", "others-tool"])
        let apts = try aptsAnswer(["others-tool", "ripgrep"], named: [])
        for (name, version) in apts { #expect(found[name] == version, "\(name)") }
        #expect(try VersionsLock(parsing: lock.serialized(), file: "versions.lock") == lock)
        #expect(lock.choices.repositories.map(\.name) == ["others"])
        #expect(lock.archives.count == 3)
    }

    @Test func whatIsNamedComesFromIt() async throws {
        let lock = try await lock(["ripgrep", "jq"], source(named: ["ripgrep"]))
        let found = versions(lock)
        #expect(found["ripgrep"] == "0.1")
        #expect(found["jq"] != "99.0")
        let apts = try aptsAnswer(["ripgrep", "jq"], named: ["ripgrep"])
        for (name, version) in apts { #expect(found[name] == version, "\(name)") }
        let error = await #expect(throws: ResolveError.self) {
            _ = try await self.lock(["jq"], try self.source(named: ["zsh"]))
        }
        #expect(error?.sentence == "The repository 'others' has no package 'zsh' for amd64.")
    }

    @Test func aFlatOneIsRead() async throws {
        let lock = try await lock(["others-data"], source("flat/", []))
        let package = try #require(lock.architectures["amd64"]?.first { $0.name.text == "others-data" })
        #expect(package.path == "others-data_1.0_all.deb" && package.base == "others")
        #expect(
            try await self.lock(["others-data"], source("./", [], at: "/flat")).choices.repositories.map(\.suite) == [
                "./"
            ])
    }

    @Test func onlyItsOwnKeyCounts() async throws {
        try ShellLine.run(
            "mkdir -m 700 more && export GNUPGHOME=$PWD/more && "
                + "gpg --batch --quiet --passphrase '' --quick-generate-key 'More <more@example.org>' rsa3072 sign 1d && "
                + "gpg --batch --quiet --export > more.gpg", in: scratch.root)
        let error = await #expect(throws: ResolveError.self) {
            _ = try await self.lock(["others-data"], try self.source(key: "more.gpg"))
        }
        #expect(
            error
                == .brokenRepository(
                    "others",
                    .badSignature(file: "others stable/InRelease", reason: "it was not made by a key of the keyring")))
    }

    @Test func anotherSuiteIsRefused() async throws {
        try ShellLine.run("mkdir www/dists/testing && cp -r www/dists/stable/. www/dists/testing", in: scratch.root)
        let error = await #expect(throws: ResolveError.self) {
            _ = try await self.lock(["others-data"], try self.source("testing"))
        }
        guard case .brokenRepository("others", .wrongCodename) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}

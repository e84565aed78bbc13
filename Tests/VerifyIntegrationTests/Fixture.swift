// SPDX-License-Identifier: Apache-2.0

import Claims
import Core
import Engine
import Foundation
import Glibc
import ImageDefinition
import SystemPackage
import Verify

/// An image's files for testing the verifier. `OPENCODE_DOCKER_TRIAL_ROOT` names a root file system with the image's
/// own files on top; the tests also need root and a private mount namespace.
struct Fixture {
    static let repository = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
    static let root = ProcessInfo.processInfo.environment["OPENCODE_DOCKER_TRIAL_ROOT"].map { FilePath($0) }
    static let isPossible = root != nil && geteuid() == 0
    static let libexec = "/usr/local/libexec/opencode-docker"

    let verifier: Verifier
    let subject: VerifySubject
    let directory: FilePath

    static func with<Result>(_ body: (Fixture) async throws -> Result) async throws -> Result {
        let directory = FilePath("/tmp/verify-trial-\(Files.uniqueSuffix())")
        try Files.makeDirectories(directory.appending("workspace"))
        try Files.makeDirectories(directory.appending("data"))
        chown(directory.appending("workspace").string, 1000, 1000)
        defer { try? Files.removeTree(directory) }
        let engine = try await EmbeddedEngine.find(scratch: directory.appending("scratch"))
        let verifier = try Verifier(engine: engine, probe: probe)
        return try await body(Fixture(verifier: verifier, subject: try subject(directory), directory: directory))
    }

    /// The probe program, built beside this test.
    static var probe: FilePath {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { room in
            room.baseAddress.map { readlink("/proc/self/exe", $0, room.count) } ?? 0
        }
        let runner = FilePath(String(decoding: buffer[..<max(count, 0)], as: UTF8.self))
        let beside = runner.removingLastComponent().appending("opencode-docker-probe")
        return Files.exists(beside) ? beside : repository.pushing(".build/release/opencode-docker-probe")
    }

    private static func subject(_ directory: FilePath) throws -> VerifySubject {
        let root = root ?? "/"
        let status = try Files.read(root.pushing("var/lib/dpkg/status"), limit: 1 << 26)
        let plan = ContainerPlan(
            name: "verify", lowerDirectories: [root], arguments: [],
            mounts: [
                BindMount(source: directory.appending("workspace"), target: "/workspace", readOnly: false),
                BindMount(source: directory.appending("data"), target: "/data"),
            ], profile: try profile())
        return VerifySubject(
            image: Digest(of: [1]), profile: Digest(of: [2]), plan: plan, entrypoint: ["\(libexec)/entrypoint"],
            labels: labels, healthCheck: ["CMD", "\(libexec)/health"],
            packages: packages(String(decoding: status, as: UTF8.self)), claims: try claims(), workspace: "/workspace",
            secret: "canary" + String(UInt64.random(in: 1 << 60 ... .max), radix: 16))
    }

    /// The claims of the image, with the profile "standard".
    private static func profile() throws -> HardeningProfile {
        let path = ProcessInfo.processInfo.environment["OPENCODE_DOCKER_TRIAL_SECCOMP"].map { FilePath($0) }
        let filter = try Files.read(path ?? repository.pushing("image/seccomp.json"), limit: 1 << 20)
        return HardeningProfile(
            name: "standard", capabilities: [.chown, .fileOwner, .setGroupID, .setUserID], seccomp: filter,
            readOnlyRoot: false, sudo: true)
    }

    private static let labels = Dictionary(
        uniqueKeysWithValues: ["title", "description", "version", "source", "licenses", "created"].map {
            ("org.opencontainers.image.\($0)", "x")
        })

    /// The packages of the lock, read by an independent parser.
    private static func packages(_ status: String) -> [InstalledPackage] {
        var packages: [InstalledPackage] = []
        var fields: [Substring: String] = [:]
        for line in (status + "\n").split(separator: "\n", omittingEmptySubsequences: false) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, !line.hasPrefix(" ") { fields[parts[0]] = parts[1].dropFirst().description }
            guard line.isEmpty, let name = fields["Package"] else { continue }
            packages.append(
                InstalledPackage(
                    name: name, version: fields["Version"] ?? "", architecture: fields["Architecture"] ?? ""))
            fields = [:]
        }
        return packages
    }

    private static func claims() throws -> [Claim] {
        try HardeningDefinition.load(repository.appending("image")).claims
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import Debian
import Foundation
import SystemPackage

/// apt as the oracle, on an empty system: the solver must find the packages that apt would install.
///
/// The indices are those that `apt-get update` fetches with this machine's configuration, for each architecture.
struct AptOracle: Sendable {
    let root: FilePath
    let architecture: Architecture

    /// Creates an empty system below `root` and fetches the indices of the machine's Debian sources.
    static func make(_ architecture: Architecture) async throws -> AptOracle {
        let root = FilePath(NSTemporaryDirectory()).appending("opencode-docker-oracle-\(architecture)")
        for directory in [
            "state/lists/partial", "cache/archives/partial", "etc/apt.conf.d", "etc/preferences.d", "dpkg",
        ] {
            try Files.makeDirectories(root.pushing(FilePath(directory)))
        }
        try Files.write([], to: root.appending("dpkg").appending("status"))
        let oracle = AptOracle(root: root, architecture: architecture)
        if try oracle.indices().isEmpty {
            let update = try await oracle.run("apt-get", ["update"])
            guard update.status == 0 else { throw OracleError.failed(update.output) }
        }
        return oracle
    }

    enum OracleError: Error { case failed(String) }

    private var options: [String] {
        let pairs = [
            "Dir=\(root)", "Dir::State=\(root)/state", "Dir::State::status=\(root)/dpkg/status",
            "Dir::Cache=\(root)/cache",
            "Dir::Etc=\(root)/etc", "Dir::Etc::sourcelist=/etc/apt/sources.list.d/debian.sources",
            "Dir::Etc::sourceparts=-", "Dir::Etc::trusted=/etc/apt/trusted.gpg",
            "Dir::Etc::trustedparts=/etc/apt/trusted.gpg.d", "APT::Architecture=\(architecture)",
            "APT::Architectures=\(architecture)", "APT::Install-Recommends=false",
            "APT::AutoRemove::RecommendsImportant=false", "APT::AutoRemove::SuggestsImportant=false",
            "Acquire::Languages=none", "Acquire::GzipIndexes=false", "APT::Sandbox::User=root",
            "Acquire::Check-Valid-Until=false", "Acquire::Check-Date=false",
            "Dir::State::extended_states=\(root)/state/extended_states",
            // Without a cache, apt would parse the indices each time.
            "Dir::Cache::pkgcache=pkgcache.bin", "Dir::Cache::srcpkgcache=srcpkgcache.bin",
        ]
        return pairs.flatMap { ["-o", $0] }
    }

    func run(_ program: String, _ arguments: [String]) async throws -> (status: Int32, output: String) {
        let environment = ExternalProgram.ownEnvironment.merging(["LC_ALL": "C", "APT_CONFIG": "/dev/null"]) { $1 }
        let call = try ExternalProgram(named: program, options + arguments, environment: environment)
        let result = try await call.result(limit: 1 << 22)
        return (result.status, String(decoding: result.standardOutput + result.standardError, as: UTF8.self))
    }

    /// The decompressed indices, in the order of the sources: main archive, updates, security.
    func indices() throws -> [PackagesIndex] {
        let lists = root.appending("state").appending("lists")
        let names = try Files.list(lists).filter { $0.hasSuffix("_Packages") }
        func archive(_ name: String) -> String {
            name.contains("bookworm-security")
                ? "bookworm-security"
                : name.contains("bookworm-updates") ? "bookworm-updates" : "bookworm"
        }
        return try names.map {
            PackagesIndex(archive: archive($0), file: $0, bytes: try Files.read(lists.appending($0), limit: 1 << 28))
        }.sorted { $0.archive.utf8.count < $1.archive.utf8.count }
    }

    /// `name=version` of the packages that apt would install; nil when apt fails.
    ///
    /// With --print-uris, apt skips the simulation of unpacking, which takes most of its time.
    func closure(_ names: [String], options: [String] = []) async throws -> Set<String>? {
        let install = ["-y", "--allow-remove-essential", "--allow-downgrades", "--print-uris", "install"]
        let result = try await run("apt-get", options + install + names)
        guard result.status == 0 else { return nil }
        let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("'") }
        return Set(
            lines.map { line in
                let file = line.split(separator: " ")[1].replacing("%3a", with: ":")
                let parts = file.split(separator: "_")
                return "\(parts[0])=\(parts[1])"
            })
    }
}

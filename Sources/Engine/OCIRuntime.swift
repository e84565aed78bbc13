// SPDX-License-Identifier: Apache-2.0

import Core
import Subprocess
import SystemPackage

/// A program that runs containers from a bundle (OCI runtime specification), with the command line of runc(8).
package struct OCIRuntime: Hashable, Sendable {
    /// Its program.
    package let path: FilePath
    /// What it is: `runc` or `crun`.
    package let name: String
    /// Its version, as it says.
    package let version: String

    /// A runtime that is known already.
    package init(path: FilePath, name: String, version: String) {
        self.path = path
        self.name = name
        self.version = version
    }

    /// The runtimes that are looked for, best first: crun starts a container in half the time.
    static let names = ["crun", "runc"]

    /// Finds the best runtime that works here.
    ///
    /// - Parameters:
    ///   - directories: Where to look.
    ///   - cgroups: How control groups are mounted: crun before 1.9 refuses a hybrid layout.
    /// - Throws: `EngineError.noRuntime`, saying why each one was passed over.
    package static func find(
        in directories: [FilePath] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"],
        cgroups: CgroupLayout
    ) async throws -> OCIRuntime {
        var tried: [String] = []
        for name in names {
            guard let path = directories.map({ $0.appending(name) }).first(where: Files.exists) else {
                tried.append("\(name) is not installed")
                continue
            }
            guard let version = await version(of: path) else {
                tried.append("\(path) does not answer")
                continue
            }
            let runtime = OCIRuntime(path: path, name: name, version: version)
            guard let reason = runtime.refusal(cgroups: cgroups) else { return runtime }
            tried.append(reason)
        }
        throw EngineError.noRuntime(tried: tried)
    }

    /// Why this runtime cannot be used with that layout; `nil` when it can.
    package func refusal(cgroups: CgroupLayout) -> String? {
        let parts = version.split(separator: ".").prefix(2).map { Int($0) ?? 0 }
        guard name == "crun", cgroups == .hybrid, parts.lexicographicallyPrecedes([1, 9]) else { return nil }
        return "crun \(version) refuses this machine's hybrid control groups"
    }

    private static func version(of path: FilePath) async -> String? {
        let result = try? await run(
            .path(path), arguments: ["--version"], environment: .custom([:]), output: .string(limit: 4096),
            error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return parse(version: result.standardOutput)
    }

    /// Reads the version from the first line, such as `runc version 1.1.5+ds1`.
    package static func parse(version text: String) -> String? {
        let words = text.prefix { $0 != "\n" }.split(separator: " ")
        return words.count >= 3 && words[1] == "version" ? String(words[2]) : nil
    }
}

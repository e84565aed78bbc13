// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// A program that runs containers from a bundle (OCI runtime specification), with the command line of runc(8).
package struct OCIRuntime: Hashable, Sendable {
    /// The path of the program.
    package let path: FilePath
    /// The kind of runtime: `runc` or `crun`.
    package let name: String
    /// The version that the program reports.
    package let version: String

    /// Creates a runtime from known values.
    package init(path: FilePath, name: String, version: String) {
        self.path = path
        self.name = name
        self.version = version
    }

    /// The supported runtimes, best first: crun starts a container in half the time.
    static let names = ["crun", "runc"]

    /// Finds the best runtime of this machine.
    ///
    /// - Parameters:
    ///   - directories: The directories to search.
    ///   - cgroups: The layout of the control groups: crun before 1.9 refuses a hybrid layout.
    /// - Throws: `EngineError.noRuntime` with the reason for each runtime.
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

    /// Returns why this runtime cannot be used with that layout; `nil` when it can.
    package func refusal(cgroups: CgroupLayout) -> String? {
        let parts = version.split(separator: ".").prefix(2).map { Int($0) ?? 0 }
        guard name == "crun", cgroups == .hybrid, parts.lexicographicallyPrecedes([1, 9]) else { return nil }
        return "crun \(version) refuses this machine's hybrid control groups"
    }

    private static func version(of path: FilePath) async -> String? {
        let result = try? await ExternalProgram(path, ["--version"]).result(limit: 4096, error: .null)
        guard let result, result.status == 0 else { return nil }
        return parse(version: String(decoding: result.standardOutput, as: UTF8.self))
    }

    /// Parses the version from the first line, such as `runc version 1.1.5+ds1`.
    package static func parse(version text: String) -> String? {
        let words = text.prefix { $0 != "\n" }.split(separator: " ")
        return words.count >= 3 && words[1] == "version" ? String(words[2]) : nil
    }
}

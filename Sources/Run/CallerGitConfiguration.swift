// SPDX-License-Identifier: Apache-2.0

import Core
import Glibc
import SystemPackage

/// The git configuration of the caller, which applies to every repository.
package struct CallerGitConfiguration {
    /// The files that git reads first.
    private let files: [FilePath]
    private let home: FilePath
    private let environment: [String: String]

    /// - Parameters:
    ///   - files: The files that git reads first (git-config(1), "FILES").
    ///   - home: The caller's home, for an include that begins with `~/`.
    ///   - environment: The caller's environment.
    package init(files: [FilePath], home: FilePath, environment: [String: String]) {
        (self.files, self.home, self.environment) = (files, home, environment)
    }

    private static let limit = 8 << 20

    /// The variables as printed by `git config --null --list`; those of the environment alone when git refuses a file;
    /// empty when git is not installed.
    ///
    /// - Throws: `RunError.stuckGit` when a file that git reads is a FIFO or a device, where a container can have made
    ///   it, or when git does not end: without the variables, files that they name would not be guarded.
    package func listing() throws(RunError) -> [UInt8] {
        if let file = obstacle { throw .stuckGit(file) }
        if let all = try list(environment) { return all }
        let none = ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"]
        return try list(environment.merging(none) { $1 }) ?? []
    }

    /// The absolute path that a value of the configuration means; `nil` for a relative one, which means another file in
    /// each work tree.
    package func path(of value: String) -> FilePath? {
        IncludedConfiguration.path(Array(value.utf8), from: "", home: home).flatMap { $0.isAbsolute ? $0 : nil }
    }

    private func list(_ environment: [String: String]) throws(RunError) -> [UInt8]? {
        do {
            let git = try ExternalProgram(
                named: "git", ["-C", "/", "config", "--includes", "--null", "--list"],
                environment: Self.environment(environment))
            let result = try PipedProcess(git, error: .null).read(limit: Self.limit, seconds: 10)
            return result.status == 0 ? result.standardOutput : nil
        } catch ProgramError.silent { throw .stuckGit(nil) } catch { return nil }
    }

    /// The environment of a git that reads configurations which a container may have written: without traces, for which
    /// `trace2.*` of a configuration names the files and the text (git-config(1), "trace2").
    static func environment(_ variables: [String: String]) -> [String: String] {
        variables.merging(["GIT_TRACE2": "0", "GIT_TRACE2_EVENT": "0", "GIT_TRACE2_PERF": "0"]) { $1 }
    }

    /// The first file whose reading does not end, among the files and those that they include.
    private var obstacle: FilePath? {
        var found: FilePath?
        let roots = files.map { file in
            (entries: [GitConfiguration.Entry.include(file)], base: FilePath("/"), isOwn: true)
        }
        _ = IncludedConfiguration(roots, home: home) { place, _ in
            var status = stat()
            guard place.withPlatformString({ stat($0, &status) }) == 0 else { return .nothing }
            switch FileKind(mode: status.st_mode) {
            case .file: return (try? Files.read(place, limit: GitConfiguration.limit)).map { .own($0) } ?? .nothing
            case .special where !Self.isNull(status): found = found ?? place
            default: break
            }
            return .nothing
        }
        return found
    }

    /// Whether it is /dev/null, the device 1:3 (null(4)), which ends at once.
    private static func isNull(_ status: stat) -> Bool {
        status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0x103
    }
}

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

    /// The variables as printed by `git config --null --list`; empty when git is not installed or refuses its files.
    ///
    /// - Throws: `RunError.stuckGit` when a file that git reads is a FIFO or a device, where a container can have made
    ///   it, or when git does not end: without the variables, files that they name would not be guarded.
    package func listing() throws(RunError) -> [UInt8] {
        if let file = obstacle { throw .stuckGit(file) }
        let output = ChildProcess.output(
            "git", ["-C", "/", "config", "--includes", "--null", "--list"], environment: environment, limit: 1 << 20,
            seconds: 20)
        switch output {
        case .bytes(let bytes): return bytes
        case .failed: return []
        case .late: throw .stuckGit(nil)
        }
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

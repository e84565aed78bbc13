// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// A copy of a repository's configuration in a directory of the caller's, which git changes.
struct ConfigurationCopy: Sendable {
    private let file: FilePath

    /// Writes the copy.
    ///
    /// - Throws: `FileError`.
    init(_ bytes: [UInt8], in directory: FilePath) throws {
        file = directory.appending("config")
        try Files.write(bytes, to: file)
    }

    /// The current contents.
    var bytes: [UInt8] { get throws { try Files.read(file, limit: GitConfiguration.limit) } }

    /// Whether git can read the copy.
    func isUnderstood(environment: [String: String]) -> Bool {
        ExternalProgram.output(
            of: "git", ["-C", "/", "config", "--file", file.string, "--list"],
            environment: CallerGitConfiguration.environment(environment), limit: 2 * GitConfiguration.limit)
            != nil
    }

    /// Runs git-config(1) on the copy, without the pager and the aliases of the caller's current repository.
    ///
    /// - Returns: The exit status of git.
    /// - Throws: `ProgramError`.
    func change(_ arguments: [String], environment: [String: String]) throws(ProgramError) -> Int32 {
        let directory = file.removingLastComponent()
        let words = ["-C", directory.string, "--no-pager", "config", "--file", file.string] + arguments
        let own = environment.filter { !["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR"].contains($0.key) }
            .filter { !$0.key.hasPrefix("GIT_CONFIG") }
            .merging(["GIT_CEILING_DIRECTORIES": directory.removingLastComponent().string]) { $1 }
        return try ExternalProgram.onTerminal("git", words, environment: CallerGitConfiguration.environment(own))
    }
}

// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// One call of `git`.
package struct GitCall: Hashable, Sendable {
    /// The arguments after `git`.
    package let arguments: [String]
    /// Its standard input.
    package var input: [UInt8] = []
    /// Additional environment variables.
    package var environment: [String: String] = [:]
    /// The most bytes of output.
    package var limit: Int = 1 << 24
}

/// The result of a call of `git`.
package struct GitAnswer: Sendable {
    /// The exit status; 0 is success.
    package let status: Int32
    /// Standard output.
    package let output: [UInt8]
    /// Standard error.
    package let complaint: String

    /// Creates an answer.
    package init(status: Int32, output: [UInt8], complaint: String) {
        self.status = status
        self.output = output
        self.complaint = complaint
    }

    /// The output as text, without the line end.
    var text: String {
        var text = Substring(decoding: output, as: UTF8.self)
        while text.last?.isNewline == true { text = text.dropLast() }
        return String(text)
    }

    /// The lines of the output.
    var lines: [String] { text.split(separator: "\n").map(String.init) }
}

/// The program `git` on one repository: the only access of a release to the history.
package protocol GitProgram: Sendable {
    /// Runs git and returns the result, whatever its status.
    ///
    /// - Throws: `ReleaseError.git` when it cannot be started or its output is too long.
    func run(_ call: GitCall) async throws -> GitAnswer
}

/// The machine's own `git`.
package struct SystemGit: GitProgram {
    private let directory: FilePath
    private let base: [String: String]

    /// Git in `directory`, with the caller's environment, so that ssh-agents and credential helpers are found.
    package init(directory: FilePath, environment: [String: String]) {
        self.directory = directory
        base = environment
    }

    /// In English, without prompts.
    package func run(_ call: GitCall) async throws -> GitAnswer {
        // The output is parsed, so its language is fixed; prompts could not be answered.
        var variables = base.merging(["LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"]) { $1 }
        // Variables of a surrounding git hook would select another repository.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] { variables[name] = nil }
        variables.merge(call.environment) { $1 }
        do {
            var git = try ExternalProgram(named: "git", call.arguments, environment: variables)
            git.directory = directory
            let result = try await git.result(input: call.input, limit: call.limit)
            return GitAnswer(
                status: result.status, output: result.standardOutput,
                complaint: String(decoding: result.standardError, as: UTF8.self))
        } catch let error as ProgramError {
            throw ReleaseError.git(call.arguments, complaint: error.sentence)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The end of the program with a message.
enum Failure {
    /// Writes a line to standard error and ends the program.
    static func end(_ sentence: String, status: Int32) -> Never {
        let line = Array("opencode-docker: \(sentence)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(status)
    }
}

/// The container's command, which takes this process.
enum Command {
    /// Executes `words`, found by PATH; ends the program as a shell does when it cannot.
    static func become(_ words: [String]) -> Never {
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        if let program = arguments[0] { execvp(program, &arguments) }
        let error = errno
        Failure.end(
            "cannot run '\(words[0])': \(String(cString: strerror(error)))", status: error == ENOENT ? 127 : 126)
    }
}

// SPDX-License-Identifier: Apache-2.0

/// dpkg's prompt about a configuration file that existed before its package installed it; the build cannot answer it
/// (`promptconfaction` in dpkg's `src/main/configure.c`).
package struct ConffileQuestion: Hashable, Sendable {
    /// The package.
    package let package: String
    /// The absolute path.
    package let file: String

    /// Creates a question.
    package init(package: String, file: String) { (self.package, self.file) = (package, file) }

    /// Parses dpkg's final error line and the lines before it; `nil` for any other line.
    init?(line: String, printed: [String]) {
        guard line.hasSuffix("end of file on stdin at conffile prompt") else { return nil }
        let packages = printed.reversed().lazy.compactMap {
            $0.firstMatch(of: #/dpkg: error processing package (\S+) \(/#)
        }
        let files = printed.reversed().lazy.compactMap { $0.wholeMatch(of: #/Configuration file '(\/.+)'/#) }
        guard let package = packages.first?.1, let file = files.first?.1 else { return nil }
        self.init(package: String(package), file: String(file))
    }
}

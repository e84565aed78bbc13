// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The output of `dpkg --verify` and `dpkg --audit`, without files that were excluded on purpose: dpkg reports files as
/// missing that its own path filters (dpkg(1), --path-exclude) did not unpack.
package struct DatabaseVerdict {
    /// A path filter of dpkg's configuration; of several that match, the last one counts.
    private struct Rule {
        var excludes: Bool
        var pattern: String
    }

    private let rules: [Rule]

    /// Parses the rules from dpkg's configuration files, concatenated in the order that dpkg reads them.
    package init(configuration: String) {
        rules = configuration.split(separator: "\n").compactMap { line in
            let words = line.split(maxSplits: 1) { $0 == "=" || $0 == " " || $0 == "\t" }
            guard words.count == 2, words[0] == "path-exclude" || words[0] == "path-include" else { return nil }
            return Rule(excludes: words[0] == "path-exclude", pattern: String(words[1]))
        }
    }

    /// The remaining lines, as items of a list.
    package func outcome(of output: String) -> Outcome {
        .list(output.split(separator: "\n").map(String.init).filter { !isLeftOut($0) })
    }

    /// Only documentation and translations below /usr/share may be excluded, whatever an image's configuration says.
    private func isLeftOut(_ line: String) -> Bool {
        guard line.hasPrefix("missing "), let slash = line.firstIndex(of: "/") else { return false }
        let path = String(line[slash...])
        guard path.hasPrefix("/usr/share/") else { return false }
        return rules.last { fnmatch($0.pattern, path, 0) == 0 }?.excludes ?? false
    }
}

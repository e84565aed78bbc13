// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What `dpkg --verify` and `dpkg --audit` say, without what was left out on purpose: dpkg reports files as missing
/// that its own path filters (dpkg(1), --path-exclude) kept from being unpacked.
package struct DatabaseVerdict {
    /// A rule of dpkg's configuration; of several that match, the last one counts.
    private struct Rule {
        var excludes: Bool
        var pattern: String
    }

    private let rules: [Rule]

    /// Reads the rules from the lines of dpkg's configuration files, in the order that dpkg reads them.
    package init(configuration: String) {
        rules = configuration.split(separator: "\n").compactMap { line in
            let words = line.split(maxSplits: 1) { $0 == "=" || $0 == " " || $0 == "\t" }
            guard words.count == 2, words[0] == "path-exclude" || words[0] == "path-include" else { return nil }
            return Rule(excludes: words[0] == "path-exclude", pattern: String(words[1]))
        }
    }

    /// The lines that are left, as items of a list.
    package func outcome(of output: String) -> Outcome {
        .list(output.split(separator: "\n").map(String.init).filter { !isLeftOut($0) })
    }

    /// Only documentation and translations may be left out, whatever an image's configuration says: below /usr/share.
    private func isLeftOut(_ line: String) -> Bool {
        guard line.hasPrefix("missing "), let slash = line.firstIndex(of: "/") else { return false }
        let path = String(line[slash...])
        guard path.hasPrefix("/usr/share/") else { return false }
        return rules.last { fnmatch($0.pattern, path, 0) == 0 }?.excludes ?? false
    }
}

// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A package whose `preinst` fails when the package's files are already unpacked, as reported by the configure program:
/// dpkg has to unpack it after the script.
package struct NeededUnpacking: Hashable, Sendable {
    /// The package's name in dpkg's database.
    package let package: String
    /// The absolute path that the script failed on.
    package let path: String

    /// Parses the line of the configure program; returns nil for any other line.
    package init?(line: String) {
        guard line.hasPrefix("opencode-docker: "), line.utf8.count < 8192,
            let match = line.wholeMatch(of: #/opencode-docker: (\S+) needs dpkg's own unpacking because of '(\/.+)'/#)
        else { return nil }
        (package, path) = (String(match.1), String(match.2))
    }
}

extension String {
    /// Whether its bytes contain those of `words`: a hundred times as fast as a Unicode-aware search, because scripts
    /// may print endlessly.
    func mayHave(_ words: String) -> Bool {
        var (text, words) = (self, words)
        return text.withUTF8 { text in
            words.withUTF8 { Self.hasBytes(of: UnsafeRawBufferPointer($0), in: UnsafeRawBufferPointer(text)) }
        }
    }

    private static func hasBytes(of words: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer) -> Bool {
        guard let first = words.first, let wanted = words.baseAddress else { return true }
        guard let start = text.baseAddress else { return false }
        var position = 0
        while position + words.count <= text.count {
            let left = text.count - words.count + 1 - position
            guard let found = memchr(start + position, Int32(first), left) else { return false }
            if memcmp(found, wanted, words.count) == 0 { return true }
            position = UnsafeRawPointer(found) - start + 1
        }
        return false
    }
}

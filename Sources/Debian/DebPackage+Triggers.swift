// SPDX-License-Identifier: Apache-2.0

extension DebPackage {
    /// A line of the file `triggers` (deb-triggers(5)).
    package struct TriggerDirective: Hashable, Sendable {
        /// An absolute path, or a name.
        package let trigger: String
        /// Whether the package is interested in the trigger; otherwise it activates it.
        package let isInterest: Bool
        /// Whether the activating package waits until the trigger has been processed.
        package let awaits: Bool

        /// Reads the file as dpkg does (`trig_parse_ci` in its `lib/dpkg/triglib.c`).
        ///
        /// - Throws: `DpkgRefusal`.
        static func list(_ bytes: [UInt8]) throws(DpkgRefusal) -> [TriggerDirective] {
            var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let rest = String(decoding: lines.popLast() ?? [], as: UTF8.self)
            guard rest.isEmpty else { throw DpkgRefusal("'\(rest.prefix(200))' misses its final newline") }
            var directives: [TriggerDirective] = []
            for line in lines {
                let text = String(decoding: trimmed(line), as: UTF8.self)
                if !text.isEmpty, !text.hasPrefix("#") { directives.append(try TriggerDirective(text)) }
            }
            return directives
        }

        private init(_ line: String) throws(DpkgRefusal) {
            let parts = line.split(maxSplits: 1) { $0 == " " || $0 == "\t" }
            guard parts.count == 2 else { throw DpkgRefusal("'\(line.prefix(200))' is not a directive with a trigger") }
            let words = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            guard ["interest", "activate"].contains(words[0]),
                words.count == 1 || ["await", "noawait"].contains(words[1])
            else { throw DpkgRefusal("'\(parts[0].prefix(200))' is an unknown directive") }
            trigger = String(parts[1].drop { $0 == " " || $0 == "\t" })
            guard Self.isTrigger(trigger) else { throw DpkgRefusal("'\(trigger.prefix(200))' cannot be a trigger") }
            isInterest = words[0] == "interest"
            awaits = words.last != "noawait"
        }

        /// Whether the text is a path without empty components or a valid package name, and not the name of one of
        /// dpkg's own files next to the trigger files.
        private static func isTrigger(_ text: String) -> Bool {
            guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let first = text.utf8.first else {
                return false
            }
            if text.hasPrefix("/") {
                return text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().allSatisfy {
                    !$0.isEmpty
                }
            }
            return isAlphanumeric(first) && text.utf8.allSatisfy { isAlphanumeric($0) || isOneOf($0, "+-.") }
                && !["File", "Lock", "Unincorp"].contains(text)
        }
    }
}

// SPDX-License-Identifier: Apache-2.0

/// Which of the caller's environment variables a container gets: those that describe the terminal and the taste of its
/// user, by name, and only with values that mean something in the image.
package enum CallerVariables {
    /// Taken as they are.
    private static let terminal = [
        "COLORFGBG", "COLORTERM", "NO_COLOR", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "FORCE_COLOR", "CI",
    ]
    /// Locales that the image has (image.yaml, `locales`): any other one makes programs complain.
    private static let locales: Set = ["en_US.UTF-8", "C.UTF-8", "C", "POSIX"]
    /// Editors that the image has.
    private static let editors: Set = ["vim", "vi", "nano"]
    /// Terminals whose description the image has, by the beginning of the name.
    private static let terminals = ["xterm", "screen", "tmux", "linux", "vt", "rxvt", "ansi", "dumb"]

    /// The variables as `NAME=value`, sorted.
    ///
    /// - Parameter timeZone: As `TZ` has it, where the caller's variable says nothing.
    package static func allowed(_ environment: [String: String], timeZone: String? = nil) -> [String] {
        var taken = environment.filter { terminal.contains($0.key) && isPlain($0.value) }
        if let type = environment["TERM"], isPlain(type), !type.isEmpty {
            taken["TERM"] = terminals.contains { type.hasPrefix($0) } ? type : "xterm-256color"
        }
        for name in ["LANG", "LC_ALL"] {
            if let value = environment[name], locales.contains(value) { taken[name] = value }
        }
        for name in ["EDITOR", "VISUAL"] {
            let program = environment[name]?.split(separator: "/").last.map(String.init)
            if let program, editors.contains(program) { taken[name] = program }
        }
        if let zone = environment["TZ"] ?? timeZone, isZone(zone) { taken["TZ"] = zone }
        return taken.map { "\($0.key)=\($0.value)" }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The time zone that a link such as `/etc/localtime` names; `nil` when it leads elsewhere.
    package static func zone(ofLink target: String) -> String? {
        target.ranges(of: "/zoneinfo/").last.map { String(target[$0.upperBound...]) }.flatMap { isZone($0) ? $0 : nil }
    }

    private static func isZone(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count < 64 && !text.contains("..") && !text.hasPrefix("/")
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "_+-/,:.".utf8.contains(byte)
            }
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count < 256 && text.utf8.allSatisfy { $0 >= 32 && $0 != 127 }
    }
}

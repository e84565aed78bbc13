// SPDX-License-Identifier: Apache-2.0

/// The caller's environment variables that a container gets: those about the terminal and user preferences, by name,
/// and only with values that are valid in the image.
package enum CallerVariables {
    /// Copied unchanged.
    private static let terminal = [
        "COLORFGBG", "COLORTERM", "NO_COLOR", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "FORCE_COLOR", "CI",
    ]
    /// The locales of the image (image.yaml, `locales`): programs warn about any other one.
    private static let locales: Set = ["en_US.UTF-8", "C.UTF-8", "C", "POSIX"]
    /// The editors of the image.
    private static let editors: Set = ["vim", "vi", "nano"]

    /// The variables as `NAME=value`, sorted.
    ///
    /// - Parameters:
    ///   - terminal: The type of the container's terminal; `nil` without one.
    ///   - timeZone: The time zone when the caller's `TZ` is not set.
    package static func allowed(
        _ environment: [String: String], terminal type: String? = nil, timeZone: String? = nil
    ) -> [String] {
        var taken = environment.filter { terminal.contains($0.key) && isPlain($0.value) }
        taken["TERM"] = type
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

    /// The time zone of a link such as `/etc/localtime`; `nil` for another target.
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

// SPDX-License-Identifier: Apache-2.0

import Core
import SystemPackage

/// The terminal of a container: the caller's type, with its compiled description (terminfo(5), term(5)) where the image
/// has none.
package struct TerminalDescription: Hashable, Sendable {
    /// The value of TERM in the container.
    package let type: String
    /// The compiled description of a type that the image does not know; `nil` for the image's own.
    package let entry: [UInt8]?
    /// The caller's type, when there is no description of it.
    package let unknown: String?

    /// The type for a terminal without a description.
    private static let substitute = "xterm-256color"
    /// The size of the largest descriptions that ncurses reads, in bytes.
    private static let mostBytes = 32768
    /// The types of Debian's ncurses-base, which is essential.
    private static let known: Set = [
        "Eterm", "Eterm-color", "ansi", "cons25", "cons25-debian", "cygwin", "dumb", "hurd", "linux", "mach",
        "mach-bold", "mach-color", "mach-gnu", "mach-gnu-color", "pcansi", "rxvt", "rxvt-basic", "rxvt-m",
        "rxvt-unicode", "rxvt-unicode-256color", "screen", "screen-256color", "screen-256color-bce", "screen-bce",
        "screen-s", "screen-w", "screen.xterm-256color", "sun", "tmux", "tmux-256color", "vt100", "vt102", "vt220",
        "vt52", "wsvt25", "wsvt25m", "xterm", "xterm-256color", "xterm-color", "xterm-debian", "xterm-mono", "xterm-r5",
        "xterm-r6", "xterm-vt220", "xterm-xfree86",
    ]

    /// The terminal of `environment`; `nil` without a type.
    ///
    /// - Parameters:
    ///   - home: The caller's home.
    ///   - read: Reads a file of the caller of at most so many bytes; `nil` without one.
    package init?(_ environment: [String: String], home: FilePath, read: (FilePath, Int) -> [UInt8]?) {
        guard let name = environment["TERM"], !name.isEmpty else { return nil }
        guard Self.isName(name), !Self.known.contains(name) else {
            type = Self.isName(name) ? name : Self.substitute
            (entry, unknown) = (nil, Self.isName(name) ? nil : name)
            return
        }
        var found: [UInt8]?
        for file in Self.files(name, environment, home: home) where found == nil {
            found = read(file, Self.mostBytes).flatMap { Self.isDescription($0) ? $0 : nil }
        }
        entry = found
        (type, unknown) = entry == nil ? (Self.substitute, name) : (name, nil)
    }

    /// The path of the description in the container: the first place in which Debian's ncurses looks.
    package var target: String { "/etc/terminfo/\(type.prefix(1))/\(type)" }

    /// A sentence about a type without a description; `nil` when there is one.
    package var remark: String? {
        unknown.map { "this machine has no description of the terminal '\($0)' (TERM); the container's is \(type)" }
    }

    /// The possible files, in the order of ncurses (terminfo(5), "Fetching Compiled Descriptions").
    private static func files(_ name: String, _ environment: [String: String], home: FilePath) -> [FilePath] {
        let listed = (environment["TERMINFO_DIRS"] ?? "").split(separator: ":").map { FilePath(String($0)) }
        let own = [environment["TERMINFO"].map { FilePath($0) }, home.appending(".terminfo")].compactMap(\.self)
        let usual: [FilePath] = ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/local/share/terminfo"]
        return (own + listed + usual).filter(\.isAbsolute).map { $0.appending(String(name.prefix(1))).appending(name) }
    }

    /// Whether it begins as a compiled description does: the magic number of 16 or of 32 bits (term(5)).
    private static func isDescription(_ bytes: [UInt8]) -> Bool {
        bytes.count > 12 && [[0x1A, 0x01], [0x1E, 0x02]].contains(Array(bytes.prefix(2)))
    }

    private static func isName(_ text: String) -> Bool {
        text.utf8.count <= 64 && text.utf8.first.map { $0 != UInt8(ascii: ".") } ?? false
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "+-._".utf8.contains(byte)
            }
    }
}

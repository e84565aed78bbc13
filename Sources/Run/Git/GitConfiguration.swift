// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// A git configuration file (git-config(1), "Syntax"), parsed as git does.
///
/// It is parsed to find what git would execute. git refuses a file with an invalid line; here the line is skipped, so
/// that all other variables are found.
package struct GitConfiguration: Hashable, Sendable {
    /// One variable.
    package struct Entry: Hashable, Sendable {
        /// The section in lower case: `core`.
        package let section: String
        /// The subsection as written: `origin`; `nil` without one.
        package let subsection: String?
        /// The name in lower case: `fsmonitor`.
        package let name: String
        /// The value's bytes; `nil` for a name without a value, which means true.
        package let bytes: [UInt8]?

        /// The value as text; invalid UTF-8 is replaced.
        package var value: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

        /// The variable's name as printed by `git config --list`.
        package var key: String { subsection.map { "\(section).\($0).\(name)" } ?? "\(section).\(name)" }

        /// A variable that includes a file.
        package static func include(_ file: FilePath) -> Entry { naming(file, section: "include", "path") }

        /// A variable that names a file.
        package static func naming(_ file: FilePath, section: String = "core", _ name: String) -> Entry {
            Entry(section: section, subsection: nil, name: name, bytes: file.bytes)
        }

        /// Parses the output of `git config --null --list`.
        package static func entries(listing: [UInt8]) -> [Entry] {
            listing.split(separator: 0).compactMap { item in
                let parts = item.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
                let key = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                guard key.count > 1, let section = key.first, let name = key.last else { return nil }
                let middle = key.dropFirst().dropLast().joined(separator: [UInt8(ascii: ".")])
                return Entry(
                    section: String(decoding: section, as: UTF8.self).lowercased(),
                    subsection: key.count > 2 ? String(decoding: Array(middle), as: UTF8.self) : nil,
                    name: String(decoding: name, as: UTF8.self).lowercased(),
                    bytes: parts.count > 1 ? Array(parts[1]) : nil)
            }
        }
    }

    /// The maximum size of a file in bytes.
    package static let limit = 1 << 20

    /// The variables, in the order of the file.
    package private(set) var entries: [Entry] = []
    /// Whether git would refuse the file.
    package private(set) var isMalformed = false

    /// Parses a file.
    package init(_ bytes: [UInt8]) {
        var reader = GitConfigurationReader(bytes)
        while let line = reader.next() {
            switch line {
            case .entry(let entry): entries.append(entry)
            case .malformed: isMalformed = true
            }
        }
    }
}

/// A scanner like that of git's `config.c`.
private struct GitConfigurationReader {
    enum Line {
        case entry(GitConfiguration.Entry)
        case malformed
    }

    private static let newline = UInt8(ascii: "\n")
    private let bytes: [UInt8]
    private var position = 0
    private var section = ""
    private var subsection: String?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    /// The next byte; CR LF is read as LF, and the end of the file as the end of a line.
    private mutating func byte() -> UInt8 {
        guard position < bytes.count else {
            position = bytes.count + 1
            return Self.newline
        }
        position += 1
        let byte = bytes[position - 1]
        guard byte == UInt8(ascii: "\r"), position < bytes.count, bytes[position] == Self.newline else { return byte }
        position += 1
        return Self.newline
    }

    private mutating func skipLine() { while byte() != Self.newline {} }

    mutating func next() -> Line? {
        while position < bytes.count {
            let byte = byte()
            switch byte {
            case _ where byte.isGitSpace: continue
            case UInt8(ascii: "#"), UInt8(ascii: ";"): skipLine()
            case UInt8(ascii: "["):
                if !header() { return malformed() }
            case _ where byte.isLetter:
                if let entry = entry(startingWith: byte) { return .entry(entry) }
                return .malformed
            default: return malformed()
            }
        }
        return nil
    }

    /// Skips the rest of a malformed line.
    private mutating func malformed() -> Line {
        if position <= bytes.count && bytes[position - 1] != Self.newline { skipLine() }
        return .malformed
    }

    /// `[section]`, `[section "subsection"]` or the old `[section.subsection]`.
    private mutating func header() -> Bool {
        var name: [UInt8] = []
        subsection = nil
        while true {
            let byte = byte()
            switch byte {
            case UInt8(ascii: "]"):
                take(name)
                return true
            case Self.newline: return false
            case _ where byte.isGitSpace:
                take(name)
                return extended()
            case _ where byte.isNameByte || byte == UInt8(ascii: "."): name.append(byte.lowercased)
            default: return false
            }
        }
    }

    private mutating func take(_ name: [UInt8]) {
        let parts = name.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        section = String(decoding: parts.first ?? [], as: UTF8.self)
        subsection = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : nil
    }

    private mutating func extended() -> Bool {
        var byte = byte()
        while byte.isGitSpace && byte != Self.newline { byte = self.byte() }
        guard byte == UInt8(ascii: "\"") else { return false }
        var name: [UInt8] = []
        while true {
            byte = self.byte()
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") { byte = self.byte() }
            if byte == Self.newline { return false }
            name.append(byte)
        }
        let text = String(decoding: name, as: UTF8.self)
        subsection = subsection.map { "\($0).\(text)" } ?? text
        return self.byte() == UInt8(ascii: "]")
    }

    private mutating func entry(startingWith first: UInt8) -> GitConfiguration.Entry? {
        var name = [first.lowercased]
        var byte = byte()
        while byte.isNameByte {
            name.append(byte.lowercased)
            byte = self.byte()
        }
        while byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { byte = self.byte() }
        let text = String(decoding: name, as: UTF8.self)
        switch byte {
        case Self.newline: return .init(section: section, subsection: subsection, name: text, bytes: nil)
        case UInt8(ascii: "="):
            guard let value = value() else { return nil }
            return .init(section: section, subsection: subsection, name: text, bytes: value)
        default:
            skipLine()
            return nil
        }
    }

    /// A value: with quotes anywhere, a backslash before the end of a line to continue, and without blanks at both ends
    /// and comments.
    private mutating func value() -> [UInt8]? {
        var (value, kept): ([UInt8], Int) = ([], 0)
        var isQuoted = false
        while true {
            var byte = byte()
            if byte == Self.newline { return isQuoted ? nil : Array(value[..<kept]) }
            if !isQuoted {
                if byte.isGitSpace {
                    if !value.isEmpty { value.append(byte) }
                    continue
                }
                if byte == UInt8(ascii: ";") || byte == UInt8(ascii: "#") {
                    skipLine()
                    return Array(value[..<kept])
                }
            }
            if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
                kept = value.count
                continue
            }
            if byte == UInt8(ascii: "\\") {
                byte = self.byte()
                if byte == Self.newline { continue }
                guard let meant = Self.escapes[byte] else {
                    skipLine()
                    return nil
                }
                byte = meant
            }
            value.append(byte)
            kept = value.count
        }
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "t"): 9, UInt8(ascii: "b"): 8, UInt8(ascii: "n"): 10, UInt8(ascii: "\\"): 0x5c,
        UInt8(ascii: "\""): 0x22,
    ]
}

extension UInt8 {
    fileprivate var isGitSpace: Bool { self == 32 || self == 9 || self == 10 || self == 13 }
    fileprivate var isLetter: Bool { (65...90).contains(self) || (97...122).contains(self) }
    fileprivate var isNameByte: Bool { isLetter || (48...57).contains(self) || self == UInt8(ascii: "-") }
    fileprivate var lowercased: UInt8 { (65...90).contains(self) ? self + 32 : self }
}
